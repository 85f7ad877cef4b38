import type { Log } from "@berth/log";
import type { DrainConfig } from "@berth/proto/v1";
import type { AgentStore } from "./checkpoint/agent-store.ts";

/** That the agent is being drained, in memory and on disk. Source: wire facts 2.7. */
export class Drain {
  readonly #store: Pick<AgentStore, "saveDrain">;
  readonly #log: Log;
  config: DrainConfig | undefined;
  /** Milliseconds since the epoch. */
  startTimeMs: number | undefined;

  constructor(store: Pick<AgentStore, "saveDrain">, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  restore(config: DrainConfig | undefined, nowMs: number): void {
    this.config = config;
    this.startTimeMs = config === undefined ? undefined : nowMs;
  }

  /** Counts at once; a master repeats it at the next registration if it could not be stored. */
  async begin(config: DrainConfig, agentId: string, nowMs: number): Promise<void> {
    this.config = config;
    this.startTimeMs ??= nowMs;
    this.#log.info("the agent is being drained", { markGone: config.markGone === true });
    await this.#save(agentId, config);
  }

  /** With nothing left to end, the agent is as good as new. */
  async endWhen(empty: boolean, agentId: string): Promise<void> {
    if (!empty || this.config === undefined) return;
    this.forget();
    this.#log.info("the agent is drained");
    await this.#save(agentId, undefined);
  }

  forget(): void {
    this.config = undefined;
    this.startTimeMs = undefined;
  }

  async #save(agentId: string, config: DrainConfig | undefined): Promise<void> {
    try {
      await this.#store.saveDrain(agentId, config);
    } catch (error) {
      this.#log.error("the drain cannot be stored", { error });
    }
  }
}
