import type { Labels, Resource, Resource_DiskInfo, Resource_ReservationInfo } from "@berth/proto/v1";
import { reservationsOf } from "./reservations.ts";

/** What two resources must have in common to be of one kind, so that their values add up. The same in every reservation format. */
export function identityOf(resource: Resource): string {
  const { disk, allocationInfo, revocable, shared, providerId } = resource;
  return JSON.stringify([
    resource.name ?? "",
    resource.type ?? "",
    reservationsOf(resource).map(reservationKey),
    allocationInfo === undefined ? null : (allocationInfo.role ?? ""),
    disk === undefined ? null : diskKey(disk),
    revocable !== undefined,
    shared !== undefined,
    providerId === undefined ? null : (providerId.value ?? ""),
  ]);
}

/** Whether it is a thing that is there or not: two of them do not make a bigger one, and no part of it can be taken. */
export function isIndivisible(resource: Resource): boolean {
  const { disk, shared } = resource;
  if (shared !== undefined || disk?.persistence !== undefined) return true;
  const source = disk?.source;
  if (source?.type === "MOUNT" || source?.type === "BLOCK") return true;
  return source?.type === "RAW" && source.id !== undefined;
}

function reservationKey({ type, role, principal, labels }: Resource_ReservationInfo): unknown {
  return [type ?? "", role ?? "", principal ?? null, labelsKey(labels)];
}

/** `volume` says how a task uses the disk, and the persistence's principal who made it: neither makes it another disk. */
function diskKey({ persistence, source }: Resource_DiskInfo): unknown {
  return [
    persistence === undefined ? null : (persistence.id ?? ""),
    source === undefined
      ? null
      : [
          source.type ?? "",
          source.path === undefined ? null : (source.path.root ?? ""),
          source.mount === undefined ? null : (source.mount.root ?? ""),
          source.vendor ?? null,
          source.id ?? null,
          source.profile ?? null,
          labelsKey(source.metadata),
        ],
  ];
}

/** Labels are a bag: their order says nothing. */
function labelsKey(labels: Labels | undefined): unknown {
  if (labels === undefined) return null;
  return (labels.labels ?? []).map(({ key, value }) => JSON.stringify([key ?? "", value ?? null])).sort();
}
