import type { FrameworkInfo, TaskState } from "@berth/proto/v1";

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

/** Frameworks that do not know of partitions know neither TASK_DROPPED nor TASK_GONE. */
export function stateFor(framework: FrameworkInfo | undefined, state: TaskState): TaskState {
  return (state === "TASK_DROPPED" || state === "TASK_GONE") && !hasCapability(framework, "PARTITION_AWARE")
    ? "TASK_LOST"
    : state;
}

export function hasCapability(
  framework: FrameworkInfo | undefined,
  capability: "PARTITION_AWARE" | "TASK_KILLING_STATE",
): boolean {
  return framework?.capabilities?.some(({ type }) => type === capability) === true;
}
