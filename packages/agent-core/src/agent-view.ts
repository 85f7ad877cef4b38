import type { AgentInfo, DrainConfig, ExecutorInfo, FrameworkInfo, Resource, Task, TaskInfo } from "@berth/proto/v1";

export interface ExecutorView {
  readonly info: ExecutorInfo;
  readonly containerId: string;
  /** The sandbox. */
  readonly directory: string;
  /** The agent made it for a command task: the master never hears of it. */
  readonly generatedForCommandTask: boolean;
  /** Of the executor and its tasks together. */
  readonly resources: readonly Resource[];
  readonly queuedTasks: readonly TaskInfo[];
  /** Launched, terminal ones excluded. */
  readonly launchedTasks: readonly Task[];
  /** Terminal, last update not yet acknowledged. */
  readonly terminatedTasks: readonly Task[];
  readonly completedTasks: readonly Task[];
}

export interface FrameworkView {
  readonly info: FrameworkInfo;
  /** Of a scheduler that speaks libprocess. */
  readonly pid: string | undefined;
  /** Not yet given to an executor. */
  readonly pendingTasks: readonly TaskInfo[];
  readonly executors: readonly ExecutorView[];
  readonly completedExecutors: readonly ExecutorView[];
}

/** What can be read of an agent at one moment. Plain data; lists in the order of arrival. */
export interface AgentSnapshot {
  readonly agentId: string | undefined;
  readonly info: AgentInfo;
  /** Milliseconds since the epoch. */
  readonly startTimeMs: number;
  readonly capabilities: readonly string[];
  /** Total resources, checkpointed reservations and volumes included. */
  readonly totalResources: readonly Resource[];
  /** What executors and tasks use now, each resource with its allocation role. */
  readonly allocatedResources: readonly Resource[];
  readonly drainConfig: DrainConfig | undefined;
  readonly drainStartTimeMs: number | undefined;
  readonly frameworks: readonly FrameworkView[];
  readonly completedFrameworks: readonly FrameworkView[];
}

/** Counters and gauges by the original's names, without the `slave/` prefix where they have none of it. */
export type AgentMetrics = Readonly<Record<string, number>>;

/** What others may read of an agent. */
export interface AgentView {
  snapshot(): AgentSnapshot;
  metrics(): AgentMetrics;
  /** Sandbox roots for the files API: virtual path to real path. Called back for what is there and for every change. */
  watchSandboxes(listener: SandboxListener): () => void;
}

export interface SandboxListener {
  attached(virtualPath: string, directory: string): void;
  detached(virtualPath: string): void;
}
