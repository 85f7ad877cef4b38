/** What this agent can do, by the names of SlaveInfo.Capability, in the order of their numbers. Nothing is claimed that is not honoured. */
export const agentCapabilities = [
  "MULTI_ROLE",
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "AGENT_DRAINING",
  "TASK_RESOURCE_LIMITS",
] as const;
