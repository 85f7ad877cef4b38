/** Gives the slot back; further calls do nothing. */
export type ReleaseSlot = () => void;

interface Waiter {
  readonly grant: (release: ReleaseSlot) => void;
  readonly cancel: () => void;
}

/**
 * At most `limit` slots are out; whoever asks beyond that waits in order of arrival.
 *
 * Invariants: a waiter whose signal aborts leaves the queue and never takes a slot; a released slot goes to the first
 * waiter, so nobody overtakes; a slot is given back once, however often `release` is called.
 */
export class CallQueue {
  readonly #limit: number;
  #taken = 0;
  readonly #waiters = new Set<Waiter>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Rejects with the signal's reason when it aborts before a slot is free. */
  acquire(signal: AbortSignal): Promise<ReleaseSlot> {
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    if (this.#taken < this.#limit) {
      this.#taken++;
      return Promise.resolve(this.#releaser());
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.delete(waiter);
        reject(reasonOf(signal));
      };
      const waiter: Waiter = { grant: resolve, cancel: () => signal.removeEventListener("abort", onAbort) };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  #releaser(): ReleaseSlot {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.#waiters;
      if (next === undefined) {
        this.#taken--;
        return;
      }
      this.#waiters.delete(next);
      next.cancel();
      next.grant(this.#releaser());
    };
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted", { cause: signal.reason });
}
