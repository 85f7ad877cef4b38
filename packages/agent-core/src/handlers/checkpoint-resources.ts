import type { Resource } from "@berth/proto/v1";
import { applyCheckpointedResources } from "@berth/resources";
import type { AgentContext } from "../agent-context.ts";
import { applyVolumeChanges, volumeChanges } from "../volumes.ts";

/** CheckpointResourcesMessage: all reservations and volumes there are from now on. They count once they are stored. */
export async function checkpointResources(context: AgentContext, resources: readonly Resource[]): Promise<void> {
  const { counters, log, options, store } = context;
  const applied = applyCheckpointedResources(options.resources, resources);
  if (!applied.ok) {
    return log.error("reservations and volumes that a master wants kept do not fit this agent", {
      reason: applied.reason,
    });
  }
  const changes = volumeChanges(context.checkpointed, resources);
  try {
    await store.saveResources(resources);
  } catch (error) {
    return log.error("reservations and volumes cannot be stored; they do not count", { error });
  }
  context.checkpointed = resources;
  context.total = applied.resources;
  for (const failure of await applyVolumeChanges(options.workDirectory, changes)) {
    counters.add("berth/volume_errors");
    log.error("the folder of a volume cannot be changed", { ...failure });
  }
  for (const reason of changes.refused) {
    counters.add("berth/volume_errors");
    log.error("a volume gets no folder", { reason });
  }
}
