import type { Log } from "@berth/log";
import type { AgentInput } from "./agent-input.ts";
import { readInput } from "./read-input.ts";

export interface InboxDeps {
  /** A promise holds the messages behind it back. */
  readonly handle: (input: AgentInput) => Promise<void> | void;
  readonly log: Log;
  readonly onDropped: () => void;
}

/** Kinds whose fault has been logged; more than there are messages is somebody's play. */
const maxLoggedKinds = 100;

/** Messages in their order, one at a time. What cannot be read or handled ends nothing. */
export class Inbox {
  readonly #deps: InboxDeps;
  readonly #waiting: AgentInput[] = [];
  readonly #logged = new Set<string>();
  #busy: Promise<void> | undefined;
  #closed = false;

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  receive(name: string, body: Uint8Array): void {
    const read = readInput(name, body);
    if (!read.ok) {
      this.#deps.onDropped();
      return this.#logOnce(name, read);
    }
    this.#waiting.push(read.input);
    if (this.#busy === undefined) this.#work();
  }

  /** What waits is dropped. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    await this.#busy;
  }

  #work(): void {
    while (!this.#closed) {
      const input = this.#waiting.shift();
      if (input === undefined) return;
      const held = this.#attempt(input);
      if (held === undefined) continue;
      this.#busy = held
        .catch((error: unknown) => this.#fail(input, error))
        .then(() => {
          this.#busy = undefined;
          this.#work();
        });
      return;
    }
  }

  #attempt(input: AgentInput): Promise<void> | undefined {
    try {
      return this.#deps.handle(input) ?? undefined;
    } catch (error) {
      this.#fail(input, error);
      return undefined;
    }
  }

  #fail(input: AgentInput, error: unknown): void {
    this.#deps.onDropped();
    this.#deps.log.error("a message broke the agent's handling of it", { type: input.type, error });
  }

  #logOnce(name: string, { fault, why }: { readonly fault: string; readonly why: string }): void {
    const kind = `${fault} ${name}`;
    if (this.#logged.has(kind) || this.#logged.size >= maxLoggedKinds) return;
    this.#logged.add(kind);
    this.#deps.log.warn("messages of a kind are dropped", { name: name.slice(0, 200), fault, why });
  }
}
