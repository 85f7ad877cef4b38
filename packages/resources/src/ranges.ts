import type { Value_Range } from "@berth/proto/v1";

/** Both ends belong to it. */
export interface Range {
  readonly begin: bigint;
  readonly end: bigint;
}

/** Sorted, without overlaps, neighbours joined. A range that ends before it begins holds nothing. */
export function normalizeRanges(ranges: readonly (Range | Value_Range)[]): readonly Range[] {
  const sorted = ranges
    .map(({ begin, end }) => ({ begin: begin ?? 0n, end: end ?? 0n }))
    .filter(({ begin, end }) => begin <= end)
    .sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : 0));
  const joined: { begin: bigint; end: bigint }[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.begin > last.end + 1n) joined.push(range);
    else if (range.end > last.end) last.end = range.end;
  }
  return joined;
}

/** What is left of `from`; both normalized. */
export function subtractRanges(from: readonly Range[], taken: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const { begin, end } of from) {
    let start = begin;
    while (next < taken.length && taken[next]!.end < start) next++;
    for (let index = next; index < taken.length && taken[index]!.begin <= end; index++) {
      const hole = taken[index]!;
      if (hole.begin > start) left.push({ begin: start, end: hole.begin - 1n });
      start = hole.end + 1n;
    }
    if (start <= end) left.push({ begin: start, end });
  }
  return left;
}

/** `[31000-31999, 32000-32000]` */
export function formatRanges(ranges: readonly Range[]): string {
  return `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(", ")}]`;
}
