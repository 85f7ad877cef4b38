import type { Timers } from "@berth/status-updates";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Timers whose time passes when it is told to. All delays are multiples of ten milliseconds, so looking for the next costs next to nothing. */
export class FakeClock implements Timers<Timer> {
  nowMs = 0;
  readonly #due = new Map<number, Set<Timer>>();

  set(callback: () => void, delayMs: number): Timer {
    const timer = { dueMs: this.nowMs + Math.ceil(delayMs / 10) * 10, callback };
    const same = this.#due.get(timer.dueMs) ?? new Set<Timer>();
    this.#due.set(timer.dueMs, same.add(timer));
    return timer;
  }

  clear(timer: Timer): void {
    this.#due.get(timer.dueMs)?.delete(timer);
  }

  get running(): number {
    return [...this.#due.values()].reduce((sum, { size }) => sum + size, 0);
  }

  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    while (this.nowMs < untilMs) {
      this.nowMs += 10;
      const due = this.#due.get(this.nowMs) ?? [];
      this.#due.delete(this.nowMs);
      for (const { callback } of due) callback();
    }
  }
}
