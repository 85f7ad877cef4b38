import type { Resource } from "@berth/proto/v1";
import { addResources } from "./arithmetic.ts";
import { withReservations } from "./reservations.ts";

/** What the host has. A figure that could not be had is 0 or NaN. */
export interface HostCapacity {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Size of the file system that the work folder lies on. */
  readonly workDirectoryDiskBytes: number;
}

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/**
 * The agent's resources: those given, and for each of cpus, mem, disk and ports that is not among them what the host has, less what is
 * left to the host. mem and disk are whole MiB. One that was given as nothing (`disk:0`) stays away. Source: the original's defaults.
 */
export function detectResources(
  given: readonly Resource[],
  host: HostCapacity,
  options: { readonly defaultRole?: string | undefined } = {},
): Resource[] {
  const role = options.defaultRole ?? "*";
  const memoryBytes = leaveSome(host.memoryBytes, 2 * gibibyte, gibibyte) ?? gibibyte;
  const diskBytes = leaveSome(host.workDirectoryDiskBytes, 10 * gibibyte, 5 * gibibyte) ?? 10 * gibibyte;
  const detected: readonly Resource[] = [
    scalar("cpus", host.cpus > 0 ? host.cpus : 1),
    scalar("mem", Math.floor(memoryBytes / mebibyte)),
    scalar("disk", Math.floor(diskBytes / mebibyte)),
    { name: "ports", type: "RANGES", ranges: { range: [{ begin: 31000n, end: 32000n }] } },
  ];
  const missing = detected
    .filter(({ name }) => !given.some((resource) => resource.name === name))
    .map((resource) => (role === "*" ? resource : withReservations(resource, [{ type: "STATIC", role }])));
  return addResources(given, missing);
}

/** `total` less `share` when it is at least `enough`, else half of it. */
function leaveSome(total: number, enough: number, share: number): number | undefined {
  if (!(total > 0)) return undefined;
  return total >= enough ? total - share : total / 2;
}

function scalar(name: string, value: number): Resource {
  return { name, type: "SCALAR", scalar: { value } };
}
