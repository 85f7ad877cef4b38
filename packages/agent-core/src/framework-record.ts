import type { FrameworkInfo } from "@berth/proto/v1";
import type { TaskRun } from "./task/task-run.ts";

/** A framework that has something on this agent. */
export interface FrameworkRecord {
  readonly id: string;
  info: FrameworkInfo;
  /** Of a scheduler that speaks libprocess. */
  pid: string | undefined;
  /** By task id, until the last status is acknowledged: a new task may have the id then. */
  readonly tasks: Map<string, TaskRun>;
  /** All that is not forgotten, in the order of arrival. */
  readonly runs: Set<TaskRun>;
  /** Oldest first, bounded. */
  readonly completed: TaskRun[];
  /** It was shut down: nothing new, no updates. */
  terminating: boolean;
  /** That `framework.info` is written; undefined when nobody has asked for it yet. */
  saved: Promise<void> | undefined;
}
