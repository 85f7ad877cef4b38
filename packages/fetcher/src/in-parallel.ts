/**
 * Runs `act` for each item, at most `limit` at a time, and keeps the order of results. The first failure aborts the others, and is
 * thrown when all of them have ended.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  act: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const results: R[] = [];
  const queue = items.entries();
  let failed: { readonly error: unknown } | undefined;
  const work = async () => {
    for (const [index, item] of queue) {
      if (either.aborted) return;
      try {
        results[index] = await act(item, either);
      } catch (error) {
        failed ??= { error };
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failed !== undefined) throw failed.error;
  signal.throwIfAborted();
  return results;
}
