import type { SlaveInfo } from "@berth/proto/internal";
import type { DrainConfig, FrameworkInfo, Resource, Task } from "@berth/proto/v1";

/** Which run of which task. */
export interface RunKey {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  readonly containerId: string;
  readonly taskId: string;
}

export interface StoredRun {
  readonly key: RunKey;
  readonly task: Task;
  /** Of its `task.updates`. */
  readonly directory: string;
}

export interface StoredFramework {
  readonly info: FrameworkInfo;
  readonly pid: string | undefined;
  readonly runs: readonly StoredRun[];
}

/** What an earlier life left. */
export interface StoredAgent {
  readonly agentId: string | undefined;
  readonly resources: readonly Resource[];
  readonly drain: DrainConfig | undefined;
  readonly frameworks: readonly StoredFramework[];
}

/** What an agent must know after a restart. What is said to be stored outlasts a power cut. */
export interface AgentStore {
  load(): Promise<StoredAgent>;
  /** The agent has this id from now on. */
  saveAgent(info: SlaveInfo): Promise<void>;
  saveResources(resources: readonly Resource[]): Promise<void>;
  /** Undefined: it is not drained. */
  saveDrain(agentId: string, drain: DrainConfig | undefined): Promise<void>;
  saveFramework(agentId: string, info: FrameworkInfo, pid: string | undefined): Promise<void>;
  saveTask(key: RunKey, task: Task): Promise<void>;
  /** Where the task's updates lie; undefined when nothing is kept. */
  taskDirectory(key: RunKey): string | undefined;
  /** Everything of the run has been acknowledged. */
  forgetRun(key: RunKey): Promise<void>;
  forgetFramework(agentId: string, frameworkId: string): Promise<void>;
}

/** For an agent for the time of one run. */
export const noStore: AgentStore = {
  load: () => Promise.resolve({ agentId: undefined, resources: [], drain: undefined, frameworks: [] }),
  saveAgent: () => Promise.resolve(),
  saveResources: () => Promise.resolve(),
  saveDrain: () => Promise.resolve(),
  saveFramework: () => Promise.resolve(),
  saveTask: () => Promise.resolve(),
  taskDirectory: () => undefined,
  forgetRun: () => Promise.resolve(),
  forgetFramework: () => Promise.resolve(),
};
