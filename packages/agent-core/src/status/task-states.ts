import type { FrameworkInfo, TaskState } from "@berth/proto/v1";

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
