export { allocationRoleOf, withAllocation, withoutAllocation } from "./allocation.ts";
export { addResources, containsResources, subtractResources } from "./arithmetic.ts";
export { detectResources, type HostCapacity } from "./detect-resources.ts";
export { ResourcesError, type ResourcesErrorCode } from "./errors.ts";
export { formatResources } from "./format-resources.ts";
export { applyCheckpointedResources, applyOperation, type OperationResult } from "./operations.ts";
export { parseAttributes } from "./parse-attributes.ts";
export { parseResources } from "./parse-resources.ts";
export {
  reservationRoleOf,
  toEndpointFormat,
  toPostReservationRefinement,
  toPreReservationRefinement,
} from "./reservations.ts";
export { attributesObject, resourcesObject, scalarOf } from "./resources-object.ts";
export { validateResources } from "./validate-resources.ts";
