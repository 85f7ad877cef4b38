import type { KillPolicy, TaskInfo, TaskStatus } from "@berth/proto/v1";
import type { LaunchProgress } from "@berth/containerizer";

/** One task to run, without a word on where: a containerizer in this process, or a master and its agents. */
export interface RunTaskRequest {
  readonly task: TaskInfo;
  /** Where relative URIs stand: the folder of the task file. */
  readonly frameworksHome?: string | undefined;
  /** Every status, in order: TASK_STARTING first, a terminal one last. */
  readonly onStatus: (status: TaskStatus) => void;
  readonly onProgress?: ((progress: LaunchProgress) => void) | undefined;
}

/** How a task ended. */
export interface TaskEnd {
  readonly status: TaskStatus;
  /** The container's exit code, when one ran and it is known. */
  readonly exitCode?: number | undefined;
  readonly killSignal?: string | undefined;
  readonly outOfMemory: boolean;
}

export interface RunningTask {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly containerId: string;
  /** The sandbox on this machine; it is there from the start and stays. */
  readonly sandboxDirectory: string;
  readonly ended: Promise<TaskEnd>;
  /** Ends the task by its kill policy, or at once. */
  kill(kill?: { killPolicy?: KillPolicy | undefined; force?: boolean | undefined }): void;
}

/** Runs tasks. `berth run` knows no more of the system than this. */
export interface TaskRunner {
  run(request: RunTaskRequest): Promise<RunningTask>;
  close(): Promise<void>;
}
