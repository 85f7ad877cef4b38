import { Readable } from "node:stream";

/**
 * The chunks of `source` until `signal` aborts, which throws the signal's reason at once, also while the source is
 * silent. The source is ended then: a Node stream is destroyed, any other is told to return when its pending step is over.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const step = await nextUnlessAborted(iterator, signal);
      finished = step.done === true;
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    if (!finished) end(source, iterator);
  }
}

/** A listener for each step: a race with one promise for all steps would keep every step in memory. */
function nextUnlessAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  else {
    signal.addEventListener("abort", onAbort, { once: true });
    iterator.next().then(resolve, reject);
  }
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}

function end<T>(source: AsyncIterable<T>, iterator: AsyncIterator<T>): void {
  if (source instanceof Readable) source.destroy();
  // Not awaited: a generator that waits for data returns only after its next chunk. Its error has nobody to go to.
  iterator.return?.().then(undefined, () => {});
}
