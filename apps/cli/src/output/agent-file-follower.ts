import type { AgentClient } from "@berth/mesos-client";
import type { FollowSink } from "./file-follower.ts";

/** What an agent gives at once. */
const pageBytes = 64 * 1024;

/** Copies a growing file of a sandbox through its agent. The sink sets the pace. */
export class AgentFileFollower {
  readonly #agent: Pick<AgentClient, "readFile">;
  readonly #path: string;
  readonly #sink: FollowSink;
  #offset: number;

  /** From `offset` bytes on. */
  constructor(agent: Pick<AgentClient, "readFile">, path: string, sink: FollowSink, offset = 0) {
    this.#agent = agent;
    this.#path = path;
    this.#sink = sink;
    this.#offset = offset;
  }

  /** Copies up to the present end. False when there is no such file yet. Rejects with MesosClientError. */
  async advance(signal?: AbortSignal): Promise<boolean> {
    for (;;) {
      const page = await this.#agent.readFile(this.#path, { offset: this.#offset, length: pageBytes }, { signal });
      if (page === undefined) return false;
      if (page.size < this.#offset) {
        await this.#rotated(signal);
        continue;
      }
      if (page.data.length === 0) return true;
      this.#offset += page.data.length;
      await this.#sink.write(page.data);
      if (this.#offset >= page.size) return true;
    }
  }

  /** The file is shorter than what we had of it: the rest of the old one is in `stdout.1`. */
  async #rotated(signal: AbortSignal | undefined): Promise<void> {
    const old = `${this.#path}.1`;
    for (;;) {
      const page = await this.#agent.readFile(old, { offset: this.#offset, length: pageBytes }, { signal });
      if (page === undefined || page.data.length === 0 || page.size < this.#offset) break;
      this.#offset += page.data.length;
      await this.#sink.write(page.data);
    }
    this.#offset = 0;
  }
}
