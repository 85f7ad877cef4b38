import type { Timers } from "@berth/master-detector";

/** At most one timer of each name. */
export class NamedTimers<Name extends string> {
  readonly #timers: Timers;
  readonly #running = new Map<Name, () => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Takes the place of an earlier one. */
  start(name: Name, delayMs: number, onElapsed: () => void): void {
    this.cancel(name);
    const cancel = this.#timers.start(delayMs, () => {
      this.#running.delete(name);
      onElapsed();
    });
    this.#running.set(name, cancel);
  }

  cancel(name: Name): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }

  cancelAll(): void {
    for (const name of this.#running.keys()) this.cancel(name);
  }
}
