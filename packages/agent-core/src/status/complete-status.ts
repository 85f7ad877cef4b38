import type { DrainConfig, FrameworkInfo, TaskState, TaskStatus, TaskStatus_Reason } from "@berth/proto/v1";
import { hasCapability, stateFor } from "./task-states.ts";

/** Whose status it is, and what the agent adds to it. */
export interface StatusContext {
  readonly agentId: string;
  readonly taskId: string;
  readonly executorId?: string | undefined;
  readonly containerId?: string | undefined;
  /** The agent's, for a task without an address of its own. */
  readonly ip: string;
  readonly framework: FrameworkInfo | undefined;
  readonly drain: DrainConfig | undefined;
  readonly timestampSeconds: number;
  /** 16 bytes; used when the status has none. */
  readonly uuid: Uint8Array;
}

/** What an agent has to say itself. TASK_DROPPED and TASK_GONE are told to frameworks that know them, TASK_LOST to the others. */
export interface OwnStatus {
  readonly state: TaskState;
  readonly reason: TaskStatus_Reason;
  readonly message: string;
}

/** A status of the executor's as the agent sends it on. Source: wire facts 2.5. */
export function completeExecutorStatus(status: TaskStatus, context: StatusContext): TaskStatus {
  return complete({ ...status, source: "SOURCE_EXECUTOR" }, context);
}

export function completeOwnStatus(own: OwnStatus, context: StatusContext): TaskStatus {
  return complete({ ...own, state: stateFor(context.framework, own.state), source: "SOURCE_AGENT" }, context);
}

function complete(status: TaskStatus, context: StatusContext): TaskStatus {
  const { agentId, taskId, executorId, containerId, ip } = context;
  const networkInfos = status.containerStatus?.networkInfos ?? [];
  return {
    ...status,
    ...drainChange(status, context),
    taskId: { value: taskId },
    agentId: { value: agentId },
    timestamp: status.timestamp ?? context.timestampSeconds,
    // A copy: what a decoder gives is a view that would keep the whole message, for as long as the task is remembered.
    uuid: new Uint8Array(status.uuid ?? context.uuid),
    ...(executorId !== undefined && { executorId: { value: executorId } }),
    ...(containerId !== undefined && {
      containerStatus: {
        ...status.containerStatus,
        networkInfos: networkInfos.length > 0 ? networkInfos : [{ ipAddresses: [{ ipAddress: ip }] }],
        containerId: { value: containerId },
      },
    }),
  };
}

/** Whoever is killed while the agent is drained hears of the drain. Source: wire facts 2.7. */
function drainChange({ state }: TaskStatus, { drain, framework }: StatusContext): Pick<TaskStatus, "state" | "reason"> {
  if (drain === undefined || (state !== "TASK_KILLING" && state !== "TASK_KILLED")) return {};
  const gone = state === "TASK_KILLED" && drain.markGone === true && hasCapability(framework, "PARTITION_AWARE");
  return { reason: "REASON_AGENT_DRAINING", ...(gone && { state: "TASK_GONE_BY_OPERATOR" }) };
}
