import type { MasterTaskRunner, TaskPlacement } from "@berth/task-runner";
import type { FollowSink } from "../output/file-follower.ts";

/** Whatever runs our task: a cluster, or an agent in this process. */
export interface TaskSystem {
  readonly runner: MasterTaskRunner;
  /** What a person is told of where the sandbox is. */
  sandboxLine(place: TaskPlacement): string;
  /** Shows the output from its first byte; `onTrouble` is told what keeps it from being shown. */
  openOutput(
    place: TaskPlacement,
    frameworkId: string,
    sinks: { readonly stdout: FollowSink; readonly stderr: FollowSink },
    onTrouble: (error: Error) => void,
  ): Promise<TaskOutput>;
  close(): Promise<void>;
}

export interface TaskOutput {
  /** Call when the task has ended. Resolves when its last byte has been handed over. */
  finish(): Promise<void>;
}
