import type { SessionState } from "./master-session.ts";

export interface MessageRule {
  /** `master`: only the present one. `anyone`: the original does not look, or somebody else sends it. */
  readonly sender: "master" | "anyone";
  /** Where it is accepted. Everywhere else it is dropped. */
  readonly states: readonly SessionState[];
}

const everywhere: readonly SessionState[] = ["RECOVERING", "DISCONNECTED", "RUNNING", "TERMINATING"];

/**
 * What is handed to the agent, by the name within `mesos.internal`. The session's own messages are not in here. DISCONNECTED is no
 * reason to refuse a task: the master may know us as connected. Source: wire facts 2.1; those of executors are the core's to judge.
 */
export const messageRules: Readonly<Record<string, MessageRule>> = {
  RunTaskMessage: { sender: "master", states: ["DISCONNECTED", "RUNNING"] },
  RunTaskGroupMessage: { sender: "master", states: ["DISCONNECTED", "RUNNING"] },
  KillTaskMessage: { sender: "master", states: ["DISCONNECTED", "RUNNING"] },
  ShutdownFrameworkMessage: { sender: "master", states: ["RUNNING", "TERMINATING"] },
  ShutdownExecutorMessage: { sender: "master", states: ["RUNNING", "TERMINATING"] },
  StatusUpdateAcknowledgementMessage: { sender: "master", states: ["RUNNING"] },
  FrameworkToExecutorMessage: { sender: "anyone", states: ["RUNNING"] },
  UpdateFrameworkMessage: { sender: "anyone", states: ["RUNNING"] },
  CheckpointResourcesMessage: { sender: "anyone", states: ["DISCONNECTED", "RUNNING"] },
  ApplyOperationMessage: { sender: "anyone", states: ["DISCONNECTED", "RUNNING"] },
  ReconcileOperationsMessage: { sender: "anyone", states: ["DISCONNECTED", "RUNNING"] },
  AcknowledgeOperationStatusMessage: { sender: "anyone", states: ["RUNNING"] },
  // May come before the answer to a re-registration, on the same connection.
  DrainSlaveMessage: { sender: "anyone", states: ["DISCONNECTED", "RUNNING"] },
  RegisterExecutorMessage: { sender: "anyone", states: everywhere },
  ReregisterExecutorMessage: { sender: "anyone", states: everywhere },
  StatusUpdateMessage: { sender: "anyone", states: everywhere },
  ExecutorToFrameworkMessage: { sender: "anyone", states: everywhere },
};

const prefix = "mesos.internal.";

/** Undefined for a kind that an agent has no use for. */
export function ruleFor(messageName: string): MessageRule | undefined {
  const own = messageName.startsWith(prefix) ? messageName.slice(prefix.length) : "";
  return Object.hasOwn(messageRules, own) ? messageRules[own] : undefined;
}
