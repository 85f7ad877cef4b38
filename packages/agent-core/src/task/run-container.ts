import {
  type ContainerConfig,
  type Containerizer,
  type ContainerTermination,
  isContainerizerError,
  type LaunchHooks,
  type LaunchOutcome,
} from "@berth/containerizer";
import type { Log } from "@berth/log";
import { hasCapability } from "../status/task-states.ts";
import type { PreparedTask } from "./prepare-task.ts";
import type { TaskRun } from "./task-run.ts";

/** What there is to know when a containerizer is done with a container. */
export interface ContainerEnd {
  /** Why it did not start. */
  readonly failure: string | undefined;
  readonly termination: ContainerTermination | undefined;
}

/** Launches and waits. Undefined when nobody can say how it ended: the containerizer was closed, or cannot prove that it is gone. */
export async function runContainer(
  deps: { readonly containerizer: Pick<Containerizer, "launch" | "wait" | "destroy">; readonly log: Log },
  run: TaskRun,
  config: ContainerConfig,
  hooks: LaunchHooks,
): Promise<ContainerEnd | undefined> {
  const { containerizer, log } = deps;
  const containerId = { value: run.place.containerId };
  const launching = containerizer.launch(containerId, config, hooks);
  // In the same tick: the termination goes to those who wait when it comes, and a short task is quick.
  const ending = containerizer.wait(containerId);
  ending.catch(() => undefined);
  let failure: string | undefined;
  try {
    failure = refusedOutcome(await launching);
  } catch (error) {
    if (isContainerizerError(error, "closed")) return undefined;
    log.info("a container did not start", { ...run.key, error });
    failure = error instanceof Error ? error.message : String(error);
  }
  try {
    return { failure, termination: await ending };
  } catch (error) {
    if (isContainerizerError(error, "closed")) return undefined;
    log.error("the end of a container cannot be waited for; it is destroyed", { ...run.key, error });
  }
  try {
    return { failure, termination: await containerizer.destroy(containerId) };
  } catch (error) {
    log.error("a container cannot be destroyed; its task counts as running", { ...run.key, error });
    return undefined;
  }
}

export function containerConfig(
  { info, framework, frameworkId, place, taskId }: TaskRun,
  { directory, owner }: PreparedTask,
  frameworksHome: string | undefined,
): ContainerConfig {
  return {
    agentId: place.agentId,
    frameworkId,
    executorId: taskId,
    taskInfo: info,
    commandInfo: info.command ?? {},
    containerInfo: info.container,
    resources: info.resources ?? [],
    limits: info.limits,
    directory,
    user: owner?.name,
    owner,
    environment: {},
    taskKillingState: hasCapability(framework.info, "TASK_KILLING_STATE"),
    frameworksHome,
  };
}

function refusedOutcome(outcome: LaunchOutcome): string | undefined {
  if (outcome === "launched") return undefined;
  if (outcome === "already-launched") return "the container id is in use";
  return "no containerizer here runs such a task; set container.type to DOCKER";
}
