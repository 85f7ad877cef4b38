import type { Pid } from "@berth/libprocess";
import type { AgentRecord, FrameworkRecord, OfferRecord } from "./records.ts";

export interface MasterSettings {
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  readonly agentReregisterTimeoutMs: number;
  readonly allocationIntervalMs: number;
  readonly heartbeatIntervalMs: number;
}

/**
 * All that the master knows. It is changed in place, since copies would cost with every task there is, but by nobody other than
 * the functions of this package that take a {@link Turn}; they neither wait nor read a clock, and say what is to be done as
 * effects.
 */
export interface Books {
  /** A uuid; begins every id that this master gives. */
  readonly masterId: string;
  readonly pid: Pid;
  readonly startedAt: number;
  readonly settings: MasterSettings;
  readonly agents: Map<string, AgentRecord>;
  /** Ids of agents by their PID as text. */
  readonly agentsByPid: Map<string, string>;
  /** Since when, by id. */
  readonly unreachableAgents: Map<string, number>;
  /** Agents that an operator has given up for good: they are not taken back. Since when, by id. */
  readonly goneAgents: Map<string, number>;
  readonly frameworks: Map<string, FrameworkRecord>;
  readonly frameworksByStream: Map<string, FrameworkRecord>;
  readonly completedFrameworks: Map<string, FrameworkRecord>;
  readonly offers: Map<string, OfferRecord>;
  readonly counters: { agents: number; frameworks: number; offers: number; observers: number };
  /** Totals since the start, by metric name. */
  readonly metrics: Map<string, number>;
  /** Agents whose free resources are to be looked at before the turn ends. */
  readonly changedAgents: Set<string>;
  nextAllocationAt: number;
}

export function createBooks(masterId: string, pid: Pid, settings: MasterSettings, now: number): Books {
  return {
    masterId,
    pid,
    startedAt: now,
    settings,
    agents: new Map(),
    agentsByPid: new Map(),
    unreachableAgents: new Map(),
    goneAgents: new Map(),
    frameworks: new Map(),
    frameworksByStream: new Map(),
    completedFrameworks: new Map(),
    offers: new Map(),
    counters: { agents: 0, frameworks: 0, offers: 0, observers: 0 },
    metrics: new Map(),
    changedAgents: new Set(),
    nextAllocationAt: now,
  };
}

/** How many are remembered, as the original's flags have it by default. */
export const remembered = {
  completedFrameworks: 50,
  completedTasksPerFramework: 1000,
  unreachableTasksPerFramework: 1000,
  unreachableAgents: 10_000,
} as const;
