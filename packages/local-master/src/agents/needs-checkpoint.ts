import type { Resource } from "@berth/proto/v1";

/** Whether a resource is one that an operation has made: the agent is told of all of them by CheckpointResources. */
export function needsCheckpoint(resource: Resource): boolean {
  return resource.disk?.persistence !== undefined || resource.reservations?.at(-1)?.type === "DYNAMIC";
}
