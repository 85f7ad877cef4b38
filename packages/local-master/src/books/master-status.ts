import type { TaskState, TaskStatus, TaskStatus_Reason } from "@berth/proto/v1";
import type { FrameworkRecord } from "./records.ts";

export interface MasterStatus {
  readonly taskId: string;
  readonly agentId: string | undefined;
  readonly state: TaskState;
  readonly reason: TaskStatus_Reason;
  readonly message: string;
  readonly executorId?: string | undefined;
  readonly unreachableSince?: number | undefined;
}

/** A status of the master's own. It has no uuid: nobody acknowledges it. */
export function masterStatus(status: MasterStatus, now: number): TaskStatus {
  return {
    taskId: { value: status.taskId },
    state: status.state,
    message: status.message,
    source: "SOURCE_MASTER",
    reason: status.reason,
    ...(status.agentId !== undefined && { agentId: { value: status.agentId } }),
    ...(status.executorId !== undefined && { executorId: { value: status.executorId } }),
    timestamp: now / 1000,
    ...(status.unreachableSince !== undefined && {
      unreachableTime: { nanoseconds: BigInt(Math.round(status.unreachableSince)) * 1_000_000n },
    }),
  };
}

/** Frameworks that know nothing of partitions hear TASK_LOST instead of the finer states. */
export function orLost(framework: FrameworkRecord, state: TaskState): TaskState {
  return framework.capabilities.has("PARTITION_AWARE") ? state : "TASK_LOST";
}
