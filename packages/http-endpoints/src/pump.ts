import type { ServerResponse } from "node:http";

/**
 * Writes an iterable as fast as the peer reads, one chunk in memory. A peer that reads nothing for `stallTimeoutMs` loses its
 * connection, and so does one whose answer turns out shorter than its head said: waiting for the rest would never end. What is more than
 * the head said stays unwritten: the peer would take it for the next answer.
 */
export async function pump(
  exchange: { readonly response: ServerResponse; readonly signal: AbortSignal; readonly stallTimeoutMs: number },
  body: AsyncIterable<Uint8Array>,
  /** Undefined when the head says nothing. */
  promisedBytes: number | undefined,
): Promise<void> {
  const { response, signal, stallTimeoutMs } = exchange;
  let written = 0;
  for await (const chunk of body) {
    if (signal.aborted || response.destroyed) break;
    const due = promisedBytes === undefined ? chunk : chunk.subarray(0, promisedBytes - written);
    written += due.byteLength;
    if (due.byteLength > 0 && !response.write(due)) await drained(response, signal, stallTimeoutMs);
    if (written === promisedBytes) break;
  }
  if (signal.aborted || written < (promisedBytes ?? 0)) response.destroy();
  else response.end();
}

function drained(response: ServerResponse, signal: AbortSignal, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off("drain", done).off("close", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(() => {
      response.destroy();
      done();
    }, timeoutMs);
    response.on("drain", done).on("close", done);
    signal.addEventListener("abort", done);
    if (response.destroyed || signal.aborted) done();
  });
}
