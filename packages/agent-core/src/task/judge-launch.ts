import { idFault } from "@berth/containerizer";
import type { FrameworkInfo, Resource, TaskInfo } from "@berth/proto/v1";
import { containsResources, formatResources, validateResources, withoutAllocation } from "@berth/resources";
import type { OwnStatus } from "../status/complete-status.ts";

/** What is looked at before a task is accepted. */
export interface LaunchFacts {
  readonly agentId: string | undefined;
  readonly framework: FrameworkInfo;
  readonly task: TaskInfo;
  readonly launchExecutor: boolean | undefined;
  readonly draining: boolean;
  readonly frameworkTerminating: boolean;
  /** `undelivered`: no task of this id is here any more, but the master has not acknowledged its last status. */
  readonly sameId: "none" | "present" | "undelivered";
  /** With checkpointed reservations and volumes. */
  readonly totalResources: readonly Resource[];
}

export type LaunchVerdict =
  | { readonly type: "accept" }
  /** Not for us, or nobody would hear of it. */
  | { readonly type: "ignore"; readonly reason: string; readonly exitedExecutor: boolean }
  /** It never starts, and the framework hears why. */
  | { readonly type: "refuse"; readonly status: OwnStatus; readonly exitedExecutor: boolean };

/** Source: wire facts 2.4. The order is the original's. */
export function judgeLaunch(facts: LaunchFacts): LaunchVerdict {
  const { task, framework } = facts;
  const exitedExecutor = facts.launchExecutor === true;
  if (task.agentId?.value !== facts.agentId) {
    return { type: "ignore", reason: "it is for another agent", exitedExecutor: false };
  }
  if (facts.frameworkTerminating) return { type: "ignore", reason: "its framework has been shut down", exitedExecutor };
  if (facts.sameId === "undelivered") {
    return { type: "ignore", reason: "a task of this id has ended and the master will hear of it", exitedExecutor };
  }
  const refuse = (reason: OwnStatus["reason"], message: string, state: OwnStatus["state"] = "TASK_DROPPED") =>
    ({ type: "refuse", status: { state, reason, message }, exitedExecutor }) as const;
  if (facts.sameId === "present") {
    return refuse("REASON_TASK_INVALID", "This agent has a task of this id; it goes on, the second one was dropped");
  }
  if (facts.draining) return refuse("REASON_AGENT_DRAINING", "Agent is draining");
  const invalid = idFaults(framework, task) ?? resourceFault(task.resources ?? []);
  if (invalid !== undefined) return refuse("REASON_TASK_INVALID", invalid);
  const unknown = unknownResources(task.resources ?? [], facts.totalResources);
  if (unknown !== undefined) return refuse("REASON_RESOURCES_UNKNOWN", unknown);
  if (task.executor !== undefined) {
    const name = task.executor.executorId?.value ?? "";
    return refuse(
      "REASON_CONTAINER_LAUNCH_FAILED",
      `Failed to launch container: executor "${name}" is the framework's own, and this agent runs command tasks only; give the task a command instead of an executor`,
      "TASK_FAILED",
    );
  }
  if (task.command === undefined)
    return refuse("REASON_TASK_INVALID", "The task has neither a command nor an executor");
  if (facts.launchExecutor === false) {
    return refuse("REASON_EXECUTOR_TERMINATED", "The master knows an executor for the task that is not here any more");
  }
  return { type: "accept" };
}

function idFaults(framework: FrameworkInfo, task: TaskInfo): string | undefined {
  const ofTask = idFault(task.taskId?.value);
  if (ofTask !== undefined) return `The id of the task ${ofTask}`;
  const ofFramework = idFault(framework.id?.value);
  return ofFramework === undefined ? undefined : `The id of the framework ${ofFramework}`;
}

function resourceFault(resources: readonly Resource[]): string | undefined {
  const fault = validateResources(resources);
  return fault === undefined ? undefined : `The task's resources are invalid: ${fault}`;
}

/** An agent that does not know of a reservation or a volume must not run what counts on it; nor what it never had. */
function unknownResources(resources: readonly Resource[], total: readonly Resource[]): string | undefined {
  if (resources.length === 0) return "The task has no resources";
  const wanted = withoutAllocation(resources);
  if (containsResources(total, wanted)) return undefined;
  return `The agent does not have the resources of the task: ${formatResources(wanted)}`;
}
