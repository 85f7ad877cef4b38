import type { Pid } from "@berth/libprocess";
import type { AgentInfo, DrainInfo, ExecutorInfo, FrameworkInfo, Offer, Resource, Task } from "@berth/proto/v1";
import type { NestedMap } from "./nested-map.ts";

/** All resources in the books are in the post-refinement format; those that are allocated carry `allocation_info`. */
export interface AgentRecord {
  readonly id: string;
  pid: Pid;
  info: AgentInfo;
  /** As SlaveInfo said. The v1 AgentInfo has no such field. */
  checkpoint: boolean | undefined;
  version: string;
  capabilities: ReadonlySet<string>;
  resourceVersionUuid: Uint8Array | undefined;
  /** False from the end of the connection to the agent until it re-registers. */
  connected: boolean;
  /** No offers are made of an agent that was deactivated by an operator or is being drained. */
  deactivated: boolean;
  drain: DrainInfo | undefined;
  total: readonly Resource[];
  oversubscribed: readonly Resource[];
  /** What tasks, executors and offers hold. */
  allocated: readonly Resource[];
  readonly registeredAt: number;
  reregisteredAt: number | undefined;
  /** When an agent that is not connected is given up. */
  reregisterDeadline: number | undefined;
  readonly observer: Observer;
  readonly tasks: NestedMap<TaskRecord>;
  readonly executors: NestedMap<ExecutorInfo>;
  /** Kills that may have been lost: sent again when the agent re-registers. */
  readonly killed: NestedMap<true>;
  readonly offers: Map<string, OfferRecord>;
}

/** Who pings an agent. The original goes on with the address that it began with; here it follows the agent to another port. */
export interface Observer {
  readonly id: string;
  pid: Pid;
  nextPingAt: number;
  unanswered: number;
}

export interface TaskRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** Always with `state`; `statuses` hold no data. Replaced, never changed. */
  task: Task;
  /** Whether its resources are back: it is terminal, or its agent is gone. */
  released: boolean;
  /** Since when its agent has been unreachable, in milliseconds since the epoch. */
  unreachableSince: number | undefined;
}

export interface OfferRecord {
  readonly id: string;
  readonly agentId: string;
  readonly frameworkId: string;
  readonly role: string;
  /** With `allocation_info`, whatever the framework was shown. */
  readonly resources: readonly Resource[];
  readonly shown: Offer;
}

/** Offers of these or less are not made to the framework for a while. */
export interface OfferFilter {
  readonly role: string;
  readonly resources: readonly Resource[];
  readonly expiresAt: number;
}

export interface FrameworkRecord {
  readonly id: string;
  info: FrameworkInfo;
  roles: ReadonlySet<string>;
  capabilities: ReadonlySet<string>;
  /** `recovered`: known by an agent's re-registration only. */
  state: "connected" | "disconnected" | "recovered";
  /** The Mesos-Stream-Id while connected. */
  streamId: string | undefined;
  suppressedRoles: Set<string>;
  allocated: readonly Resource[];
  readonly registeredAt: number;
  reregisteredAt: number | undefined;
  unregisteredAt: number | undefined;
  /** When a framework without a connection is given up. */
  failoverDeadline: number | undefined;
  nextHeartbeatAt: number;
  readonly tasks: Map<string, TaskRecord>;
  readonly completedTasks: Map<string, TaskRecord>;
  readonly unreachableTasks: Map<string, TaskRecord>;
  readonly offers: Map<string, OfferRecord>;
  /** By agent. */
  readonly filters: Map<string, readonly OfferFilter[]>;
}
