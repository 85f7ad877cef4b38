import type { EmbeddedOptions, EmbeddedSystem } from "./embedded-options.ts";

/** Starts a master and an agent for the time of one run, and resolves when the agent is registered. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedSystem> {
  throw new Error(`not there yet: ${options.workDirectory}`);
}
