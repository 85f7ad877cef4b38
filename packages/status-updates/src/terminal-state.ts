import type { TaskState } from "@berth/proto/internal";

const terminal: ReadonlySet<TaskState> = new Set<TaskState>([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_LOST",
  "TASK_ERROR",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
]);

/** Whether nothing comes after it. */
export function isTerminal(state: TaskState | undefined): boolean {
  return state !== undefined && terminal.has(state);
}
