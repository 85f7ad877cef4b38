export interface PacedDeps {
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Lets `produce` run once in `intervalMs` at most. Whoever comes too early waits for the next turn, and all who wait share what that
 * turn brings: the original queues each of them for a turn of its own, which a thousand pollers never get.
 */
export function createPaced<T>(deps: PacedDeps, intervalMs: number, produce: () => Promise<T>): () => Promise<T> {
  let nextTurnMs = Number.NEGATIVE_INFINITY;
  let waiting: Promise<T> | undefined;
  const take = () => {
    nextTurnMs = deps.now() + intervalMs;
    return produce();
  };
  return () => {
    if (waiting !== undefined) return waiting;
    const early = nextTurnMs - deps.now();
    if (early <= 0) return take();
    waiting = deps.wait(early).then(() => {
      waiting = undefined;
      return take();
    });
    return waiting;
  };
}
