export { type AgentApi, type AgentApiDeps, type AgentApiOptions, createAgentApi } from "./agent-api.ts";
export type { ContainersPort } from "./list-containers.ts";
export type { MetricsSource } from "./metrics/collect-metrics.ts";
export { readonlyRealm, readwriteRealm } from "./realms.ts";
export type { SessionState } from "./session-state.ts";
export type { LogLevelPort } from "./verbosity.ts";
