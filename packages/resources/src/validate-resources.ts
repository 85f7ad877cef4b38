import type { Resource } from "@berth/proto/v1";
import { isStrictSubrole, roleFault } from "./role-fault.ts";

/** The first fault, in words that name the resource; undefined when a master would take them. Source: the master's own checks. */
export function validateResources(resources: readonly Resource[]): string | undefined {
  for (const resource of resources) {
    const fault = resourceFault(resource);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

export function resourceFault(resource: Resource): string | undefined {
  const { name } = resource;
  if (name === undefined || name === "") return "a resource has no name";
  const fault = valueFault(resource) ?? reservationFault(resource) ?? diskFault(resource);
  return fault === undefined ? undefined : `${name}: ${fault}`;
}

function valueFault({ type, scalar, ranges, set }: Resource): string | undefined {
  if (type !== "SCALAR" && type !== "RANGES" && type !== "SET") return "the type is SCALAR, RANGES or SET";
  const values = { SCALAR: scalar, RANGES: ranges, SET: set };
  for (const [kind, value] of Object.entries(values)) {
    if ((value !== undefined) !== (kind === type)) {
      return value === undefined
        ? `the type is ${type}, but its value is missing`
        : `the type is ${type}, the value ${kind}`;
    }
  }
  if (type === "SCALAR") return scalarFault(scalar?.value);
  if (type === "RANGES") return rangesFault(ranges?.range ?? []);
  const items = set?.item ?? [];
  const twice = items.find((item, index) => items.indexOf(item) !== index);
  return twice === undefined ? undefined : `${twice} is twice in the set`;
}

function scalarFault(value: number | undefined): string | undefined {
  if (value === undefined) return "the scalar has no value";
  if (!Number.isFinite(value)) return "the value is no finite number";
  return value < 0 ? `the value ${value} is below zero` : undefined;
}

function rangesFault(ranges: readonly { begin?: bigint | undefined; end?: bigint | undefined }[]): string | undefined {
  let last: { begin: bigint; end: bigint } | undefined;
  const sorted = ranges
    .map(({ begin = 0n, end = 0n }) => ({ begin, end }))
    .sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : 0));
  for (const range of sorted) {
    if (range.begin > range.end) return `the range ${range.begin}-${range.end} ends before it begins`;
    if (last !== undefined && range.begin <= last.end) {
      return `the ranges ${last.begin}-${last.end} and ${range.begin}-${range.end} overlap`;
    }
    last = range;
  }
  return undefined;
}

function reservationFault({ role, reservation, reservations = [] }: Resource): string | undefined {
  if (reservations.length === 0) {
    if (reservation !== undefined && (role === undefined || role === "*")) {
      return "a dynamic reservation needs a role other than *";
    }
    const { type: refinedType, role: refinedRole } = reservation ?? {};
    if (refinedType !== undefined || refinedRole !== undefined) {
      return "reservation.type and reservation.role belong into reservations";
    }
    return role === undefined ? undefined : roleFault(role);
  }
  if (role !== undefined || reservation !== undefined) {
    return "role and reservation are of the format before reservation refinement, reservations of the one after it: not both";
  }
  let below: string | undefined;
  for (const [index, { type, role: reservedFor }] of reservations.entries()) {
    if (type !== "STATIC" && type !== "DYNAMIC") return "the type of a reservation is STATIC or DYNAMIC";
    if (type === "STATIC" && index > 0) return "only the first reservation may be STATIC";
    if (reservedFor === undefined) return "a reservation needs a role";
    if (reservedFor === "*") return "nothing can be reserved for *";
    const fault = roleFault(reservedFor);
    if (fault !== undefined) return fault;
    if (below !== undefined && !isStrictSubrole(reservedFor, below))
      return `the role ${reservedFor} is not below ${below}`;
    below = reservedFor;
  }
  return undefined;
}

function diskFault({ name, disk, shared }: Resource): string | undefined {
  if (disk !== undefined && name !== "disk") return "only disk can have disk information";
  if (shared !== undefined && disk?.persistence === undefined) return "only a persistent volume can be shared";
  const source = disk?.source;
  if (source?.path !== undefined && source.type !== "PATH") return "a disk of another type than PATH has no path";
  if (source?.mount !== undefined && source.type !== "MOUNT") return "a disk of another type than MOUNT has no mount";
  return undefined;
}
