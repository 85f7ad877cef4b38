import type { Timers } from "@berth/master-detector";

/** Time that passes when a test says so. */
export class FakeTimers implements Timers {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly onElapsed: () => void }[] = [];

  start(delayMs: number, onElapsed: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, onElapsed };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((each) => each !== timer);
    };
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get pending(): number {
    return this.#due.length;
  }

  /** Lets everything elapse that is due until then, in its order; whatever is set off by promises has its turn in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#due.filter((each) => each.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.onElapsed();
      await settled();
    }
    this.#nowMs = endMs;
  }
}

/** Every promise that can go on without time or I/O has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
