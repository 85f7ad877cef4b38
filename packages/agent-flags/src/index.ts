export type { AgentFlags } from "./agent-flags.ts";
export type { Credential } from "./credentials.ts";
export type { DefaultContainerDns } from "./default-dns.ts";
export type { FlagGroup, FlagSpec, FlagState, FlagType } from "./flag-spec.ts";
export { flagGroups } from "./flag-table.ts";
export { flagsPage } from "./flags-page.ts";
export { type FlagNote, parseAgentFlags, type ParsedAgentFlags } from "./parse-agent-flags.ts";
export { usage } from "./usage.ts";
