import type { ContainerCreateBody } from "@berth/engine-client";
import type { KillPolicy, TaskInfo, TaskStatus } from "@berth/proto/v1";

/** One task to run in one container. Everything in it is known before the first engine call. */
export interface DockerLaunch {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  /** A UUID. */
  readonly containerId: string;
  readonly task: TaskInfo;
  /** Absolute path of the sandbox on the engine's host. */
  readonly sandboxDirectory: string;
  /** Owner of the sandbox files, when the task has a user of its own. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Variables that the agent adds; they win over the task's. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** The framework asked for TASK_KILLING. */
  readonly taskKillingState: boolean;
}

/** What `prepare` has found out and create needs. */
export interface PreparedImage {
  /** The image to create from: a reference or an id. */
  readonly image: string;
}

export interface DockerExecutorHooks {
  /** Every status, in order; TASK_STARTING first, a terminal one last. Must not throw. */
  readonly onStatus: (status: TaskStatus) => void;
  /**
   * Fetch and pull, after TASK_STARTING and before create. A rejection is the launch's failure (its message goes into the status); a
   * kill or destroy aborts `signal` and waits for the promise to settle.
   */
  readonly prepare: (signal: AbortSignal) => Promise<PreparedImage>;
  /** Create said that the image is gone: make it present again, once. */
  readonly restoreImage?: ((signal: AbortSignal) => Promise<PreparedImage>) | undefined;
}

/** How a container ended, with the evidence. */
export interface DockerTermination {
  /** The last status that went to `onStatus`. */
  readonly status: TaskStatus;
  /** The container's exit code; absent when none ran or it is not known. */
  readonly exitCode?: number | undefined;
  /** The signal that ended it, when there was one (`SIGKILL`). */
  readonly killSignal?: string | undefined;
  /** The kernel or the engine says that the memory limit killed it. */
  readonly outOfMemory: boolean;
}

export interface DockerKill {
  /** Wins over the task's own policy. */
  readonly killPolicy?: KillPolicy | undefined;
  /** At once: SIGKILL without grace. */
  readonly force?: boolean | undefined;
}

/** A task under way. */
export interface DockerRun {
  /** `mesos-<agent id>.<container id>`. */
  readonly containerName: string;
  /** Resolves when TASK_RUNNING has been sent; rejects with DockerExecutorError when the task ended before. */
  readonly launched: Promise<{ readonly engineContainerId: string; readonly pid: number }>;
  /** Resolves when the terminal status has been sent and the logs are whole. Never rejects. */
  readonly terminated: Promise<DockerTermination>;
  /** Ends the task by its kill policy. A repeated call can shorten the grace, never lengthen it. */
  kill(kill?: DockerKill): void;
  /** Ends whatever is under way at once and leaves nothing behind, the container included. */
  destroy(): Promise<DockerTermination>;
  /** The container's first process, while it runs. */
  pid(): number | undefined;
}

/** What a create call would send, for `berth explain` and for launch alike. */
export interface ContainerPlan {
  readonly containerName: string;
  readonly body: ContainerCreateBody;
  readonly platform: string | undefined;
  /** What the parameter `pull` says of pulling; undefined leaves it to `force_pull_image`. */
  readonly pull?: "always" | "missing" | "never" | undefined;
  /** What the operator should know and what stops nothing. */
  readonly warnings: readonly string[];
}

export interface PlanFault {
  /** `container.docker.parameters[2]`, in the task's JSON. */
  readonly path: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

export type PlanResult =
  | { readonly ok: true; readonly plan: ContainerPlan }
  | { readonly ok: false; readonly faults: readonly PlanFault[] };

/** Runs Docker tasks, all in this process. One instance serves a whole agent. */
export interface DockerExecutor {
  /** Pure: what would be created, or every reason against it. */
  plan(launch: DockerLaunch): PlanResult;
  /** Never throws: a task that cannot run gets TASK_FAILED. */
  launch(launch: DockerLaunch, hooks: DockerExecutorHooks): DockerRun;
  /** Removes what waits for its removal delay, closes streams. Running tasks go on without us. */
  close(options?: { removeNow?: boolean }): Promise<void>;
}
