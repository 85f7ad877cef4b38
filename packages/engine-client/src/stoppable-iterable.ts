/**
 * An async iterable over what `open` yields, whose `return()` takes effect at once: a generator alone would hear of it only
 * after its next value, which may never come. `open` gets a signal that aborts then.
 */
export function stoppableIterable<T>(
  open: (stop: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterable<T, void, undefined> {
  return {
    [Symbol.asyncIterator]() {
      const stop = new AbortController();
      const source = open(stop.signal);
      return {
        async next(): Promise<IteratorResult<T, void>> {
          try {
            return await source.next();
          } catch (error) {
            // Whoever left does not want to hear that it ended the stream.
            if (stop.signal.aborted) return { done: true, value: undefined };
            throw error;
          }
        },
        async return(): Promise<IteratorResult<T, void>> {
          stop.abort();
          await source.return();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
