export type * from "./agent-core.ts";
export type * from "./agent-view.ts";
export { agentCapabilities } from "./capabilities.ts";
export { createAgentCore } from "./create-agent-core.ts";
export { AgentCoreError, type AgentCoreErrorCode } from "./errors.ts";
export { progressLabel } from "./progress.ts";
export type { Timers } from "./timers.ts";
