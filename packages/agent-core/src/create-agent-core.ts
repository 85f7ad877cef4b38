import type { AgentCore, AgentCoreDeps, AgentCoreOptions } from "./agent-core.ts";
import { AgentCoreRunner } from "./agent-core-runner.ts";
import { noStore } from "./checkpoint/agent-store.ts";
import { createMetaStore } from "./checkpoint/meta-store.ts";

/** Does nothing before `recover`. */
export function createAgentCore(deps: AgentCoreDeps, options: AgentCoreOptions): AgentCore {
  const { metaDirectory } = options;
  return new AgentCoreRunner(deps, options, metaDirectory === undefined ? noStore : createMetaStore(metaDirectory));
}
