import type { CacheEntry } from "./cache-entries.ts";

/** What a transfer tells of itself; see Transfer. */
export interface FlightEvents {
  readonly onStart: (totalBytes: number | undefined) => void;
  readonly onBytes: (receivedBytes: number, totalBytes: number | undefined) => void;
  readonly onRetry: (attempt: number, delayMs: number, why: string) => void;
}

export type FlightOutcome = { readonly entry: CacheEntry; readonly reused: boolean } | undefined;

/** One transfer and all who wait for it. It is cancelled when the last of them has left. */
export class Flight {
  readonly #stop = new AbortController();
  readonly #listeners = new Set<FlightEvents>();
  readonly #outcome: Promise<FlightOutcome>;
  #waiters = 0;
  #entry: CacheEntry | undefined;
  /** Resolves, never rejects, when nothing of it is under way any more. */
  readonly settled: Promise<void>;
  readonly events: FlightEvents = {
    onStart: (totalBytes) => {
      for (const listener of this.#listeners) listener.onStart(totalBytes);
    },
    onBytes: (receivedBytes, totalBytes) => {
      for (const listener of this.#listeners) listener.onBytes(receivedBytes, totalBytes);
    },
    onRetry: (attempt, delayMs, why) => {
      for (const listener of this.#listeners) listener.onRetry(attempt, delayMs, why);
    },
  };

  constructor(run: (flight: Flight) => Promise<FlightOutcome>) {
    // Begins after the constructor, so that `run` sees a whole flight with its first waiter in it.
    this.#outcome = Promise.resolve().then(() => run(this));
    this.settled = this.#outcome.then(
      () => {},
      () => {},
    );
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Gives everybody who waits a reference to the entry. */
  land(entry: CacheEntry): void {
    entry.references += this.#waiters;
    this.#entry = entry;
  }

  get cancelled(): boolean {
    return this.#stop.signal.aborted;
  }

  cancel(): void {
    this.#stop.abort();
  }

  /** Rejects with the reason of `signal` at once when that aborts; then call `left`. */
  async wait(listener: FlightEvents, signal: AbortSignal): Promise<FlightOutcome> {
    this.#waiters += 1;
    this.#listeners.add(listener);
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    try {
      return await Promise.race([this.#outcome, aborted]);
    } finally {
      this.#listeners.delete(listener);
      if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
    }
  }

  /** For one whose wait was rejected: the entry that was counted for it meanwhile, if any. */
  left(): { entry: CacheEntry | undefined } {
    if (this.#entry !== undefined) return { entry: this.#entry };
    this.#waiters -= 1;
    if (this.#waiters === 0) this.#stop.abort();
    return { entry: undefined };
  }
}
