import type { Timers } from "../src/index.ts";

interface Due {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time that passes when it is told to. */
export class FakeTimers implements Timers<number> {
  nowMs = 0;
  readonly #due = new Map<number, Due>();
  #last = 0;

  set(callback: () => void, delayMs: number): number {
    this.#last += 1;
    this.#due.set(this.#last, { atMs: this.nowMs + delayMs, callback });
    return this.#last;
  }

  clear(handle: number): void {
    this.#due.delete(handle);
  }

  get running(): number {
    return this.#due.size;
  }

  /** What is due at one time fires in the order of its setting. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (let fired = 0; ; fired++) {
      if (fired > 100_000) throw new Error("a timer sets itself again and again");
      const dueAtMs = Math.min(...[...this.#due.values()].map(({ atMs }) => atMs));
      if (dueAtMs > untilMs) break;
      this.nowMs = dueAtMs;
      for (const [handle, { atMs, callback }] of Array.from(this.#due)) {
        if (atMs === dueAtMs && this.#due.delete(handle)) callback();
      }
    }
    this.nowMs = untilMs;
  }
}
