/** Rejects with the signal's reason when a caller is no longer there when its turn comes. */
export type Gate = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Lets at most `limit` callers work at one time; the others wait for their turn, in order. */
export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work, signal) => {
    if (inside < limit) inside += 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      // Whoever waits takes over the place, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}
