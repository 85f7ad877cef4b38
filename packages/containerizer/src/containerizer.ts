import type {
  CommandInfo,
  ContainerID,
  ContainerInfo,
  ContainerStatus,
  ExecutorInfo,
  KillPolicy,
  Resource,
  ResourceStatistics,
  TaskInfo,
  TaskState,
  TaskStatus,
  TaskStatus_Reason,
  Value_Scalar,
} from "@berth/proto/v1";
import type { UserIdentity } from "./user.ts";

/** What an agent asks a containerizer to run. Source: mesos.slave.ContainerConfig. */
export interface ContainerConfig {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  /** Present for command tasks: the containerizer runs the task itself. */
  readonly taskInfo?: TaskInfo | undefined;
  readonly executorInfo?: ExecutorInfo | undefined;
  readonly commandInfo: CommandInfo;
  readonly containerInfo?: ContainerInfo | undefined;
  readonly resources: readonly Resource[];
  readonly limits?: Readonly<Record<string, Value_Scalar>> | undefined;
  /** The sandbox, an absolute path of a folder that exists. */
  readonly directory: string;
  /** The task's user when the agent switches users. */
  readonly user?: string | undefined;
  /** Who that user is on this machine (`resolveUser`); what the containerizer writes into the sandbox becomes theirs. */
  readonly owner?: UserIdentity | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** The framework asked for TASK_KILLING. */
  readonly taskKillingState: boolean;
  /** Where relative URIs stand. */
  readonly frameworksHome?: string | undefined;
}

/** What happens before a container runs, for people to watch. `detail` is the fetcher's or the puller's own event. */
export type LaunchProgress<Detail = unknown> =
  | { readonly phase: "fetching"; readonly detail: Detail }
  | { readonly phase: "pulling"; readonly detail: Detail };

export interface LaunchHooks {
  /** Command tasks: every status of the task, in order. Must not throw. */
  readonly onTaskStatus?: ((status: TaskStatus) => void) | undefined;
  readonly onProgress?: ((progress: LaunchProgress) => void) | undefined;
}

/** `not-supported`: this containerizer does not run such things, another may. */
export type LaunchOutcome = "launched" | "already-launched" | "not-supported";

/** Source: mesos.slave.ContainerTermination. */
export interface ContainerTermination {
  /** The exit code; absent when nothing ran or it is not known. */
  readonly exitCode?: number | undefined;
  /** The signal that ended it. */
  readonly killSignal?: string | undefined;
  readonly state?: TaskState | undefined;
  readonly reason?: TaskStatus_Reason | undefined;
  readonly message?: string | undefined;
  readonly outOfMemory?: boolean | undefined;
}

/** A container as recovery finds it in the agent's checkpoint. */
export interface RecoverableContainer {
  readonly containerId: ContainerID;
  readonly config: ContainerConfig;
}

/**
 * The contract that every containerizer fulfils and the compliance suite checks.
 *
 * INVARIANTS
 * - A container id is known from the moment that launch is called: `wait` and `destroy` right after it, in the same tick, find it.
 * - It is forgotten with its termination, and so after a failed launch; whoever wants the termination asks before it comes.
 * - A container id is launched at most once; a second launch of a live one answers `already-launched` and does nothing.
 * - A destroy in any state aborts what is under way, leaves nothing behind, and is idempotent.
 * - `wait` and `destroy` of an unknown id answer undefined; `killTask` answers false; `update`, `usage`,
 *   `status` reject with code `unknown-container`.
 * - A termination is reported once, on evidence, to everybody who waits.
 */
export interface Containerizer {
  /** `docker`, `mesos`, or a plug-in's. */
  readonly name: string;
  /** Takes up containers of an earlier life. Called once, before anything else. */
  recover(containers: readonly RecoverableContainer[], options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /** Resolves when the container runs. Rejects with ContainerizerError: `launch-failed`, or `destroyed` when destroy came first. */
  launch(containerId: ContainerID, config: ContainerConfig, hooks?: LaunchHooks): Promise<LaunchOutcome>;
  /** Resolves with the termination, as soon as there is evidence of one. */
  wait(containerId: ContainerID): Promise<ContainerTermination | undefined>;
  destroy(containerId: ContainerID): Promise<ContainerTermination | undefined>;
  /** Command tasks: ends the task by its kill policy. False when the id is unknown. */
  killTask(
    containerId: ContainerID,
    kill?: { killPolicy?: KillPolicy | undefined; force?: boolean | undefined },
  ): Promise<boolean>;
  update(
    containerId: ContainerID,
    resources: readonly Resource[],
    limits?: Readonly<Record<string, Value_Scalar>>,
  ): Promise<void>;
  usage(containerId: ContainerID): Promise<ResourceStatistics>;
  status(containerId: ContainerID): Promise<ContainerStatus>;
  containers(): Promise<readonly ContainerID[]>;
  /** Lets go of containers without ending them: none is known afterwards, and no end is told any more. Launches reject with `closed`. */
  close(): Promise<void>;
}
