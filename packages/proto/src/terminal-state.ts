import type { TaskState } from "./gen/mesos/v1/mesos.ts";

const terminalStates: ReadonlySet<TaskState> = new Set<TaskState>([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_LOST",
  "TASK_ERROR",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
]);

/** Whether no status of the task can follow. TASK_UNREACHABLE and TASK_UNKNOWN are not terminal: such a task may run. */
export function isTerminalState(state: TaskState | undefined): boolean {
  return state !== undefined && terminalStates.has(state);
}
