export type { AgentIo } from "./agent-io.ts";
export type { EmbeddedOptions, EmbeddedSystem } from "./embedded-options.ts";
export { startEmbedded } from "./start-embedded.ts";
export { runAgent } from "./run-agent.ts";
export { runProcess as runAgentProcess } from "./run-process.ts";
