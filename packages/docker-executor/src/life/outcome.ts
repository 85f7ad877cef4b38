import type { TaskStatus_Reason } from "@berth/proto/v1";

/** How a container ended, by inspect; the exit code is absent when nobody could say. */
export interface ExitFacts {
  readonly exitCode: number | undefined;
  /** `State.OOMKilled`. */
  readonly oomKilled: boolean;
}

/** The end of a task, before it becomes a TaskStatus. */
export interface Outcome {
  readonly state: "TASK_FINISHED" | "TASK_FAILED" | "TASK_KILLED";
  readonly reason: TaskStatus_Reason | undefined;
  readonly message: string;
  readonly exit: ExitFacts | undefined;
  /** What the kernel says of the memory limit, when the task failed by it. */
  readonly memory: MemoryFacts | undefined;
}

export interface MemoryFacts {
  /** Undefined when the counters went with the container before they could be read. */
  readonly peakBytes: number | undefined;
  readonly limitBytes: number | undefined;
}

/** Who wants the task to end. */
export type EndCause = "killed" | "completion-time";

const mebibyte = 1024 * 1024;

export function launchFailure(message: string): Outcome {
  return {
    state: "TASK_FAILED",
    reason: "REASON_CONTAINER_LAUNCH_FAILED",
    message,
    exit: undefined,
    memory: undefined,
  };
}

export function invalidTask(message: string): Outcome {
  return { ...launchFailure(message), reason: "REASON_TASK_INVALID" };
}

/** Ended on request before its container ran. */
export function endedDuringLaunch(cause: EndCause): Outcome {
  return cause === "killed"
    ? {
        ...launchFailure("Task killed during launch"),
        state: "TASK_KILLED",
        reason: "REASON_TASK_KILLED_DURING_LAUNCH",
      }
    : {
        ...launchFailure("Task reached its max_completion_time during launch"),
        reason: "REASON_MAX_COMPLETION_TIME_REACHED",
      };
}

/** The original's states, messages and reasons; a memory limit is named only on evidence. */
export function exitOutcome(exit: ExitFacts, cause: EndCause | undefined, memory: MemoryFacts | undefined): Outcome {
  const { exitCode } = exit;
  const message =
    exitCode === undefined ? "Failed to get exit status of container" : `Container exited with status ${exitCode}`;
  const base = { reason: undefined, message, exit, memory: undefined };
  if (cause === "killed") return { ...base, state: "TASK_KILLED" };
  if (cause === "completion-time")
    return { ...base, state: "TASK_FAILED", reason: "REASON_MAX_COMPLETION_TIME_REACHED" };
  if (exitCode === 0) return { ...base, state: "TASK_FINISHED" };
  if (memory === undefined) return { ...base, state: "TASK_FAILED" };
  return {
    state: "TASK_FAILED",
    reason: "REASON_CONTAINER_LIMITATION_MEMORY",
    message: `Memory limit exceeded: Requested: ${megabytes(memory.limitBytes)} Maximum Used: ${megabytes(memory.peakBytes)}; ${message}`,
    exit,
    memory,
  };
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "unknown" : `${Math.round((bytes / mebibyte) * 10) / 10}MB`;
}
