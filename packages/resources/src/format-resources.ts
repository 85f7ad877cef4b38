import type { Resource, Resource_DiskInfo, Resource_ReservationInfo } from "@berth/proto/v1";
import { type Amount, amountOf } from "./amount.ts";
import { formatRanges } from "./ranges.ts";
import { reservationsOf } from "./reservations.ts";
import { fromThousandths } from "./scalar.ts";

/** For messages: `cpus:4; mem(allocated: web)(reservations: [(STATIC,eng)]):1024; ports:[31000-32000]`. `{}` when there is nothing. */
export function formatResources(resources: readonly Resource[]): string {
  if (resources.length === 0) return "{}";
  return resources.map(formatResource).join("; ");
}

function formatResource(resource: Resource): string {
  const { name = "", allocationInfo, disk, revocable, shared } = resource;
  const stack = reservationsOf(resource);
  const amount = amountOf(resource);
  return [
    name,
    allocationInfo?.role === undefined ? "" : `(allocated: ${allocationInfo.role})`,
    stack.length === 0 ? "" : `(reservations: [${stack.map(formatReservation).join(",")}])`,
    disk === undefined ? "" : `[${formatDisk(disk)}]`,
    revocable === undefined ? "" : "{REV}",
    shared === undefined ? "" : "<SHARED>",
    amount === undefined ? "" : `:${formatAmount(amount)}`,
  ].join("");
}

function formatReservation({ type, role, principal }: Resource_ReservationInfo): string {
  return `(${[type, role, principal].filter((part) => part !== undefined).join(",")})`;
}

function formatDisk({ source, persistence, volume }: Resource_DiskInfo): string {
  const parts = [];
  const root = source?.mount?.root ?? source?.path?.root;
  if (source?.type !== undefined) parts.push(root === undefined ? source.type : `${source.type}:${root}`);
  if (persistence?.id !== undefined) parts.push(persistence.id);
  if (volume?.containerPath !== undefined) parts.push(volume.containerPath);
  return parts.join(",");
}

function formatAmount(amount: Amount): string {
  switch (amount.type) {
    case "SCALAR":
      return String(fromThousandths(amount.thousandths));
    case "RANGES":
      return formatRanges(amount.ranges);
    case "SET":
      return `{${[...amount.items].join(", ")}}`;
  }
}
