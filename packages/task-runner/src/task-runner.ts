import type { LaunchProgress } from "@berth/containerizer";
import type { KillPolicy, TaskInfo, TaskStatus } from "@berth/proto/v1";

/** One task to run, without a word on where. */
export interface RunTaskRequest {
  readonly task: TaskInfo;
  /** Every status, in order, none twice. A terminal one is the last. */
  readonly onStatus: (status: TaskStatus) => void;
  /** What happens before the task runs, when the agent tells it. */
  readonly onProgress?: ((progress: LaunchProgress) => void) | undefined;
  /** Something worth a line to a person: nobody offers what the task needs, the master is away, it is back. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/** How a task ended. */
export interface TaskEnd {
  readonly status: TaskStatus;
  /** The container's exit code, when one ran and it is known. */
  readonly exitCode?: number | undefined;
  readonly killSignal?: string | undefined;
  readonly outOfMemory: boolean;
}

/** Where a task has been put. */
export interface TaskPlacement {
  readonly agentId: string;
  /** `http://10.0.0.1:5051/slave(1)` */
  readonly agentUrl: string;
  readonly executorId: string;
  readonly containerId: string;
  /** On the agent's machine. Undefined when the agent does not tell where its work dir is. */
  readonly sandboxDirectory: string | undefined;
}

export interface RunningTask {
  readonly frameworkId: string;
  /** Resolves when an agent has taken the task on; undefined when it ended before. Never rejects. */
  readonly placed: Promise<TaskPlacement | undefined>;
  /** Never rejects. The sandbox can be read until the runner is closed, and longer where the agent keeps it. */
  readonly ended: Promise<TaskEnd>;
  /** Ends the task by its kill policy, or at once. One that is not launched yet is given up. */
  kill(kill?: { killPolicy?: KillPolicy | undefined; force?: boolean | undefined }): void;
}

/** A task whose runner has left it to its master. */
export interface ResumeTaskRequest extends Pick<RunTaskRequest, "onStatus" | "onNotice"> {
  readonly taskId: string;
  readonly agentId: string;
}

export interface DetachableTask extends RunningTask {
  /**
   * Resolves with true when the master has taken our acknowledgement of TASK_RUNNING, and of all that came before: its agent goes on to tell the
   * end by itself then, and whoever detaches is not missed. False when the task ended, or was detached, before. Never rejects.
   */
  readonly running: Promise<boolean>;
  /** Leaves the task alone: it runs on for as long as the failover time-out lets it, and `close` does not end it. */
  detach(): Promise<void>;
}

/** Runs tasks. `berth run` knows no more of the system than this. */
export interface TaskRunner {
  /** Resolves when the task is in the system's hands; from then on it can be killed. Rejects with TaskRunnerError when it is not. */
  run(request: RunTaskRequest): Promise<RunningTask>;
  /** Ends what still runs, at once, and resolves when it has ended. */
  close(): Promise<void>;
}
