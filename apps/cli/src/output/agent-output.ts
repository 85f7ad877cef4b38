import { setTimeout as delay } from "node:timers/promises";
import { type AgentClient, isMesosClientError } from "@berth/mesos-client";
import { AgentFileFollower } from "./agent-file-follower.ts";
import type { FollowSink } from "./file-follower.ts";

const pollMs = 250;
/** After the task's end an agent that does not answer is asked so often. */
const lastAttempts = 5;

/** Copies the task's `stdout` and `stderr` through its agent as they grow. */
export class AgentOutput {
  readonly #followers: readonly AgentFileFollower[];
  readonly #onTrouble: (error: Error) => void;
  readonly #ending = new AbortController();
  readonly #loops: Promise<unknown>;
  #told = false;

  /** `sandbox` is the path that the agent shows it under. `onTrouble` is told once when the agent does not give the output. */
  constructor(
    agent: Pick<AgentClient, "readFile">,
    sandbox: string,
    sinks: { readonly stdout: FollowSink; readonly stderr: FollowSink },
    onTrouble: (error: Error) => void,
  ) {
    this.#onTrouble = onTrouble;
    this.#followers = [
      new AgentFileFollower(agent, `${sandbox}/stdout`, sinks.stdout),
      new AgentFileFollower(agent, `${sandbox}/stderr`, sinks.stderr),
    ];
    this.#loops = Promise.all(this.#followers.map((follower) => this.#follow(follower)));
  }

  /** Call when the task has ended. Resolves when its last byte has been handed over. */
  async finish(): Promise<void> {
    this.#ending.abort();
    await this.#loops;
    await Promise.all(this.#followers.map((follower) => this.#readToEnd(follower)));
  }

  async #follow(follower: AgentFileFollower): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await follower.advance().catch((error: unknown) => this.#failed(error));
      await delay(pollMs, undefined, { signal }).catch(() => undefined); // it has ended
    }
  }

  async #readToEnd(follower: AgentFileFollower): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await follower.advance();
        return;
      } catch (error) {
        if (!isMesosClientError(error, "unreachable") || attempt >= lastAttempts) {
          this.#failed(error, true);
          return;
        }
        await delay(pollMs);
      }
    }
  }

  /** An agent that is away for a moment is no news; it is asked again. */
  #failed(error: unknown, last = false): void {
    if (this.#told || (!last && isMesosClientError(error, "unreachable"))) return;
    this.#told = true;
    this.#onTrouble(error instanceof Error ? error : new Error(String(error)));
  }
}
