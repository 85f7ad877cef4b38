/** What of the container's stream the engine's own log still has. */
export interface RetainedLog {
  readonly bytes: Buffer;
  /** Byte for byte what the container wrote from its first byte on, so that a count is a position in it. */
  readonly complete: boolean;
  /** Why this part may not be what the container wrote, if so. */
  readonly damage: (from: number, to: number) => string | undefined;
}

export type Located = { readonly found: true; readonly at: number } | { readonly found: false; readonly why: string };

/**
 * The offset in the engine's log that follows what we have. By count when the log is complete and the bytes before that offset are
 * ours; otherwise by content, when the last bytes that we have occur exactly once. Never by the better of two guesses.
 */
export function locate(
  position: { readonly receivedBytes: number; readonly tail: Buffer },
  log: Pick<RetainedLog, "bytes" | "complete">,
): Located {
  const { receivedBytes, tail } = position;
  if (log.complete && receivedBytes <= log.bytes.length) {
    const before = log.bytes.subarray(receivedBytes - tail.length, receivedBytes);
    if (before.equals(tail)) return { found: true, at: receivedBytes };
  }
  if (receivedBytes === 0 && log.bytes.length === 0) return { found: true, at: 0 };
  if (receivedBytes === 0) return { found: false, why: "the engine's log no longer has its beginning" };
  const first = log.bytes.indexOf(tail);
  if (first < 0) return { found: false, why: "what was last received is not in the engine's log" };
  if (log.bytes.includes(tail, first + 1)) {
    return { found: false, why: "what was last received stands in the engine's log more than once" };
  }
  return { found: true, at: first + tail.length };
}

export interface Seam {
  /** Bytes of `retained` that certainly lie in the hole. */
  readonly fillBytes: number;
  /** The hole is exactly that. Otherwise up to `retained.length - fillBytes` more may be missing. */
  readonly exact: boolean;
}

/**
 * Finds where a new live stream joins what the engine's log has after our last byte. `settledBytes`: so many bytes of `live` are
 * whole lines that arrived before the log was read, and therefore must be in it. Undefined when the two do not meet: the log lags.
 */
export function findSeam(retained: Buffer, live: Buffer, settledBytes: number): Seam | undefined {
  if (live.length === 0) return { fillBytes: retained.length, exact: true };
  if (settledBytes === 0) return undefined;
  const needle = live.subarray(0, settledBytes);
  let first: number | undefined;
  for (let at = retained.indexOf(needle); at >= 0; at = retained.indexOf(needle, at + 1)) {
    const overlap = Math.min(retained.length - at, live.length);
    if (!retained.subarray(at, at + overlap).equals(live.subarray(0, overlap))) continue;
    if (first !== undefined) return { fillBytes: first, exact: false };
    first = at;
  }
  return first === undefined ? undefined : { fillBytes: first, exact: true };
}
