const newline = 0x0a;

/**
 * Cuts a batch where a file of limited size has to end: after the last newline that still fits; without one before everything when
 * that is the start of a line and the file has something in it already; else exactly at the limit.
 */
export function splitBatch(
  batch: readonly Buffer[],
  roomBytes: number,
  file: { readonly empty: boolean; readonly atLineStart: boolean },
): { readonly now: readonly Buffer[]; readonly later: readonly Buffer[] } {
  const { head, tail } = cutAt(batch, Math.max(0, roomBytes));
  if (tail.length === 0) return { now: batch, later: [] };
  let before = byteLength(head);
  for (let index = head.length - 1; index >= 0; index -= 1) {
    const slice = head[index];
    if (slice === undefined) continue;
    before -= slice.length;
    const at = slice.lastIndexOf(newline);
    if (at >= 0) {
      const cut = cutAt(batch, before + at + 1);
      return { now: cut.head, later: cut.tail };
    }
  }
  if (file.atLineStart && !file.empty) return { now: [], later: batch };
  return { now: head, later: tail };
}

/** What is left of `batch` after its first `bytes`. */
export function skipBytes(batch: readonly Buffer[], bytes: number): readonly Buffer[] {
  return cutAt(batch, bytes).tail;
}

export function byteLength(batch: readonly Buffer[]): number {
  return batch.reduce((sum, slice) => sum + slice.length, 0);
}

function cutAt(batch: readonly Buffer[], bytes: number): { head: Buffer[]; tail: Buffer[] } {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let left = bytes;
  for (const slice of batch) {
    if (left >= slice.length) head.push(slice);
    else if (left <= 0) tail.push(slice);
    else {
      head.push(slice.subarray(0, left));
      tail.push(slice.subarray(left));
    }
    left -= slice.length;
  }
  return { head, tail };
}
