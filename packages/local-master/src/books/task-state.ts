import type { TaskState } from "@berth/proto/v1";

const terminal: ReadonlySet<TaskState> = new Set([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_LOST",
  "TASK_ERROR",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
]);

/** Whether nothing comes after this state. TASK_UNREACHABLE and TASK_UNKNOWN are not terminal: such a task may run. */
export function isTerminal(state: TaskState | undefined): boolean {
  return state !== undefined && terminal.has(state);
}
