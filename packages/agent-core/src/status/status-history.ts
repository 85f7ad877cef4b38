import type { TaskStatus } from "@berth/proto/v1";

/**
 * The history with one more: of statuses with the same state in a row the last is kept, so that a task whose health is told every few seconds
 * stays small. Without `data`, which is an inspect of kilobytes and which a master does not keep either.
 */
export function appendStatus(history: readonly TaskStatus[], status: TaskStatus): readonly TaskStatus[] {
  const { data: _, ...kept } = status;
  return history.at(-1)?.state === status.state ? [...history.slice(0, -1), kept] : [...history, kept];
}
