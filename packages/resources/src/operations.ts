import type { Offer_Operation, Resource } from "@berth/proto/v1";
import { addResources, containsResources, subtractResources } from "./arithmetic.ts";
import { formatResources } from "./format-resources.ts";
import { reservationsOf, toPostReservationRefinement, withReservations } from "./reservations.ts";
import { validateResources } from "./validate-resources.ts";

export type OperationResult =
  | { readonly ok: true; readonly resources: Resource[] }
  /** Nothing was changed; `reason` says why not. */
  | { readonly ok: false; readonly reason: string };

/**
 * `total` after a RESERVE, UNRESERVE, CREATE or DESTROY, in post-reservation-refinement format. An operation that `total` does not hold the
 * sources of is refused, so is one of another type. Resources in the operation carry an allocation exactly when those of `total` do.
 */
export function applyOperation(total: readonly Resource[], operation: Offer_Operation): OperationResult {
  switch (operation.type) {
    case "RESERVE": {
      const { resources = [], source } = operation.reserve ?? {};
      if (!resources.every(isDynamic)) return refuse("only dynamic reservations can be made", resources);
      const given = source === undefined || source.length === 0 ? resources.map(popReservation) : source;
      return convert(total, given, resources);
    }
    case "UNRESERVE": {
      const { resources = [] } = operation.unreserve ?? {};
      if (!resources.every(isDynamic)) return refuse("only dynamic reservations can be undone", resources);
      if (resources.some((each) => each.disk?.persistence !== undefined)) {
        return refuse("a persistent volume is destroyed before it is unreserved", resources);
      }
      return convert(total, resources, resources.map(popReservation));
    }
    case "CREATE": {
      const { volumes = [] } = operation.create ?? {};
      if (!volumes.every(isVolume)) return refuse("only persistent volumes can be created", volumes);
      return convert(total, volumes.map(withoutVolume), volumes);
    }
    case "DESTROY": {
      const { volumes = [] } = operation.destroy ?? {};
      if (!volumes.every(isVolume)) return refuse("only persistent volumes can be destroyed", volumes);
      return convert(total, volumes, volumes.map(withoutVolume));
    }
    case undefined:
    default:
      return { ok: false, reason: `${operation.type ?? "an operation without a type"} does not change resources here` };
  }
}

/**
 * The agent's total with its checkpointed resources (CheckpointResourcesMessage: all dynamic reservations and persistent volumes) made
 * out of it. Refused when `total` does not hold what they were made of.
 */
export function applyCheckpointedResources(
  total: readonly Resource[],
  checkpointed: readonly Resource[],
): OperationResult {
  return convert(total, checkpointed.map(asConfigured), checkpointed);
}

function convert(total: readonly Resource[], taken: readonly Resource[], made: readonly Resource[]): OperationResult {
  const fault = validateResources(made);
  if (fault !== undefined) return { ok: false, reason: fault };
  if (!containsResources(total, taken)) return refuse("not available", taken);
  const left = subtractResources(toPostReservationRefinement(total), taken);
  return { ok: true, resources: addResources(left, toPostReservationRefinement(made)) };
}

function refuse(reason: string, resources: readonly Resource[]): OperationResult {
  return { ok: false, reason: `${reason}: ${formatResources(resources)}` };
}

function isDynamic(resource: Resource): boolean {
  return reservationsOf(resource).at(-1)?.type === "DYNAMIC";
}

function isVolume(resource: Resource): boolean {
  return resource.disk?.persistence !== undefined;
}

function popReservation(resource: Resource): Resource {
  return withReservations(resource, reservationsOf(resource).slice(0, -1));
}

/** The disk that a persistent volume was made of. */
function withoutVolume(resource: Resource): Resource {
  const { disk, shared: _, ...rest } = resource;
  return disk?.source === undefined ? rest : { ...rest, disk: { source: disk.source } };
}

/** What the operator's flags gave: of the reservations only a static one. */
function asConfigured(resource: Resource): Resource {
  const [first] = reservationsOf(resource);
  return withReservations(withoutVolume(resource), first?.type === "STATIC" ? [first] : []);
}
