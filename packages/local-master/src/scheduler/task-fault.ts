import { validateResources } from "@berth/resources";
import { type DurationInfo, type ExecutorInfo, type Resource, type TaskInfo } from "@berth/proto/v1";
import { ExecutorInfo as ExecutorInfoCodec } from "@berth/proto/v1";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { idFault } from "./framework-info-fault.ts";

/**
 * Why a task cannot be launched, in words for the framework's author. Resources are in the post-refinement format, with
 * `allocation_info`; whether they were offered is looked at elsewhere.
 */
export function taskFault(task: TaskInfo, framework: FrameworkRecord, agent: AgentRecord): string | undefined {
  const id = task.taskId?.value ?? "";
  const wrongId = idFault(id);
  if (wrongId !== undefined) return `Task id ${wrongId}`;
  if (framework.tasks.has(id)) return `Task id '${id}' is in use by another task of the framework`;
  if (task.agentId?.value !== agent.id) {
    return `Task is for agent ${task.agentId?.value}, but the offers are of agent ${agent.id}`;
  }
  if (isNegative(task.killPolicy?.gracePeriod)) return "Task's kill policy has a negative grace period";
  if (isNegative(task.maxCompletionTime)) return "Task's max_completion_time is negative";
  if (Object.keys(task.limits ?? {}).length > 0 && !agent.capabilities.has("TASK_RESOURCE_LIMITS")) {
    return "Task has limits, which the agent does not support";
  }
  if ((task.resources ?? []).length === 0) return "Task uses no resources";
  return resourcesFault("Task", task.resources ?? []);
}

/** A task of its own brings a command or an executor; one of a group neither needs to say which executor runs it. */
export function commandFault(task: TaskInfo, framework: FrameworkRecord, agent: AgentRecord): string | undefined {
  if (task.executor === undefined && task.command === undefined) return "Task has neither command nor executor";
  if (task.executor !== undefined && task.command !== undefined) return "Task has both command and executor";
  return task.executor && executorFault(task.executor, framework, agent);
}

export function executorFault(
  executor: ExecutorInfo,
  framework: FrameworkRecord,
  agent: AgentRecord,
): string | undefined {
  const id = executor.executorId?.value ?? "";
  const wrongId = idFault(id);
  if (wrongId !== undefined) return `Executor id ${wrongId}`;
  if (executor.frameworkId?.value !== framework.id) {
    return `Executor '${id}' is of framework ${executor.frameworkId?.value}, not of ${framework.id}`;
  }
  if (isNegative(executor.shutdownGracePeriod)) return `Executor '${id}' has a negative shutdown grace period`;
  if (executor.type === "DEFAULT") {
    if (executor.command !== undefined) return `Executor '${id}' of type DEFAULT must not have a command`;
    if (executor.container !== undefined && executor.container.type !== "MESOS") {
      return `Executor '${id}' of type DEFAULT runs in a container of type MESOS only`;
    }
  } else if (executor.command === undefined) {
    return `Executor '${id}' has no command`;
  }
  const running = agent.executors.get(framework.id)?.get(id);
  if (running !== undefined && !sameExecutor(running, executor)) {
    return `Executor '${id}' differs from the one of this id that runs on the agent`;
  }
  return resourcesFault(`Executor '${id}'`, executor.resources ?? []);
}

function resourcesFault(whose: string, resources: readonly Resource[]): string | undefined {
  const invalid = validateResources([...resources]);
  if (invalid !== undefined) return `${whose} uses invalid resources: ${invalid}`;
  const roles = new Set(resources.map((resource) => resource.allocationInfo?.role));
  if (roles.size > 1) return `${whose} uses resources of several roles: ${[...roles].join(", ")}`;
  return undefined;
}

function isNegative(duration: DurationInfo | undefined): boolean {
  return (duration?.nanoseconds ?? 0n) < 0n;
}

function sameExecutor(a: ExecutorInfo, b: ExecutorInfo): boolean {
  const bytes = (info: ExecutorInfo) => Buffer.from(ExecutorInfoCodec.encode(info).finish());
  return bytes(a).equals(bytes(b));
}
