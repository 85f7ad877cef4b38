/** Work that several waiters share. It is aborted when the last of them leaves, and forgotten at once then. */
export class SharedWork<Result, Note> {
  readonly #running = new Map<string, Share<Result, Note>>();
  /** With those that everybody has left and that have not ended yet. */
  readonly #alive = new Set<Share<Result, Note>>();

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /**
   * Joins what goes on under the key, or starts it. `onNote` first gets the last note of work that goes on already. Rejects
   * with the signal's reason when the waiter leaves.
   */
  join(
    key: string,
    start: (signal: AbortSignal, note: (note: Note) => void) => Promise<Result>,
    { signal, onNote }: { signal?: AbortSignal | undefined; onNote?: ((note: Note) => void) | undefined },
  ): Promise<Result> {
    let share = this.#running.get(key);
    if (share === undefined) {
      share = this.#start(key, start);
    } else if (share.lastNote !== undefined) {
      onNote?.(share.lastNote);
    }
    return this.#wait(key, share, signal, onNote);
  }

  /** Aborts everything and waits until it has ended. */
  async abortAll(): Promise<void> {
    const shares = [...this.#alive];
    for (const share of shares) share.controller.abort();
    await Promise.allSettled(shares.map(({ result }) => result));
  }

  #start(
    key: string,
    start: (signal: AbortSignal, note: (note: Note) => void) => Promise<Result>,
  ): Share<Result, Note> {
    const controller = new AbortController();
    const waiters = new Set<(note: Note) => void>();
    const share: Share<Result, Note> = {
      controller,
      waiters,
      count: 0,
      lastNote: undefined,
      result: undefined as never,
    };
    // Not before the first waiter listens.
    share.result = Promise.resolve().then(() =>
      start(controller.signal, (note) => {
        share.lastNote = note;
        for (const tell of waiters) tell(note);
      }),
    );
    this.#running.set(key, share);
    this.#alive.add(share);
    const forget = () => {
      this.#alive.delete(share);
      // Newer work under the same key is none of its business.
      if (this.#running.get(key) === share) this.#running.delete(key);
    };
    // Handles the rejection too: when every waiter has left, nobody else does.
    void share.result.then(forget, forget);
    return share;
  }

  #wait(
    key: string,
    share: Share<Result, Note>,
    signal: AbortSignal | undefined,
    onNote: ((note: Note) => void) | undefined,
  ): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const tell = (note: Note) => {
        try {
          onNote?.(note);
        } catch (error) {
          // A waiter's faulty callback is that waiter's failure only.
          leave(error);
        }
      };
      const done = () => {
        signal?.removeEventListener("abort", onAbort);
        share.waiters.delete(tell);
        share.count -= 1;
      };
      const leave = (reason: unknown) => {
        done();
        reject(asError(reason));
        if (share.count > 0) return;
        // A newcomer must start anew instead of joining what is about to end.
        if (this.#running.get(key) === share) this.#running.delete(key);
        share.controller.abort();
      };
      const onAbort = () => leave(signal?.reason);
      share.count += 1;
      share.waiters.add(tell);
      if (signal?.aborted === true) {
        onAbort();
        return;
      }
      signal?.addEventListener("abort", onAbort, { once: true });
      let settled = false;
      const settle = (act: () => void) => {
        if (settled || !share.waiters.has(tell)) return;
        settled = true;
        done();
        act();
      };
      share.result.then(
        (result) => settle(() => resolve(result)),
        (error: unknown) => settle(() => reject(asError(error))),
      );
    });
  }
}

interface Share<Result, Note> {
  readonly controller: AbortController;
  readonly waiters: Set<(note: Note) => void>;
  count: number;
  lastNote: Note | undefined;
  result: Promise<Result>;
}

/** A signal may be aborted with anything. */
function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
