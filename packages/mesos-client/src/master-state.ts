/** A task as a master's `/state` has it. */
export interface MasterTask {
  readonly id: string;
  readonly name: string;
  readonly frameworkId: string;
  /** Empty for a command task: the agent makes its executor, and gives it the task's id. */
  readonly executorId: string;
  readonly agentId: string;
  readonly state: string;
  /** Its resources as numbers and text: `{ cpus: 0.1, mem: 64, ports: "[31000-31000]" }`. */
  readonly resources: Readonly<Record<string, number | string>>;
  readonly statuses: readonly MasterTaskStatus[];
}

export interface MasterTaskStatus {
  readonly state: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly containerId: string | undefined;
}

export interface MasterFramework {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly principal: string | undefined;
  /** Its scheduler is subscribed. */
  readonly connected: boolean;
  readonly active: boolean;
  readonly failoverTimeoutSeconds: number;
  readonly checkpoint: boolean;
  readonly roles: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `v1.Capability` names. */
  readonly capabilities: readonly string[];
  readonly tasks: readonly MasterTask[];
  readonly completedTasks: readonly MasterTask[];
}

export interface MasterAgent {
  readonly id: string;
  readonly hostname: string;
  /** `slave(1)@10.0.0.1:5051` */
  readonly pid: string;
  /** `http://10.0.0.1:5051`, from its PID. */
  readonly url: string;
  readonly active: boolean;
  readonly resources: Readonly<Record<string, number | string>>;
  readonly usedResources: Readonly<Record<string, number | string>>;
}

/** What `/state` says, as far as anybody here reads it. */
export interface MasterState {
  readonly id: string;
  /** `master@10.0.0.1:5050` */
  readonly pid: string;
  readonly version: string;
  readonly hostname: string;
  readonly agents: readonly MasterAgent[];
  readonly frameworks: readonly MasterFramework[];
  readonly completedFrameworks: readonly MasterFramework[];
}
