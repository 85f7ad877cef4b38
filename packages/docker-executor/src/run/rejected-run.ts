import type { DockerExecutorHooks, DockerLaunch, DockerRun, PlanFault } from "../docker-executor.ts";
import { DockerExecutorError } from "../errors.ts";
import { invalidTask } from "../life/outcome.ts";
import { containerName } from "../plan/container-name.ts";
import { faultsText } from "../plan/faults-text.ts";
import { createStatusWriter } from "../status/task-status.ts";

/** The run of a task that cannot be: TASK_STARTING, TASK_FAILED, and not one call. */
export function rejectedRun(
  launch: DockerLaunch,
  hooks: DockerExecutorHooks,
  details: { readonly faults: readonly PlanFault[]; readonly now: () => number },
): DockerRun {
  const writer = createStatusWriter(launch, { now: details.now, secretNames: new Set() });
  const message = `Failed to create docker run options: ${faultsText(details.faults)}`;
  hooks.onStatus(writer.plain("TASK_STARTING"));
  const status = writer.terminal(invalidTask(message));
  hooks.onStatus(status);
  const launched = Promise.reject(new DockerExecutorError("invalid-task", message, { faults: details.faults }));
  launched.catch(() => undefined);
  const terminated = Promise.resolve({ status, outOfMemory: false });
  return {
    containerName: containerName(launch.agentId, launch.containerId),
    launched,
    terminated,
    kill: () => undefined,
    destroy: () => terminated,
    pid: () => undefined,
  };
}
