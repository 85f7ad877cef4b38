import type { TaskState } from "@berth/proto/v1";

const terminalStates: ReadonlySet<TaskState> = new Set<TaskState>([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_ERROR",
  "TASK_LOST",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
]);

/** Whether no further status of the task can follow. */
export function isTerminalState(state: TaskState | undefined): boolean {
  return state !== undefined && terminalStates.has(state);
}
