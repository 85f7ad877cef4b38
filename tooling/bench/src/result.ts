/** One row of bench/results.json. `reference` and `ratio` are null where a number stands for itself. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  /** Median of our runs. */
  readonly ours: number;
  /** Median of the reference's runs, taken in turn with ours. */
  readonly reference: number | null;
  /** ours / reference for times, and for speeds alike: the name says which way is better. */
  readonly ratio: number | null;
  readonly runs: number;
  readonly aim: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function single(name: string, unit: string, ours: number, runs: number, aim: string): BenchResult {
  return { name, unit, ours, reference: null, ratio: null, runs, aim };
}

/** The medians of both and their ratio. */
export function compare(
  row: Pick<BenchResult, "name" | "unit" | "aim">,
  ours: readonly number[],
  reference: readonly number[],
): BenchResult {
  const { name, unit, aim } = row;
  const mine = median(ours);
  const theirs = median(reference);
  return { name, unit, ours: mine, reference: theirs, ratio: mine / theirs, runs: ours.length, aim };
}

/** How much more ours took, round by round: what happened to both in a round is not in it. */
export function difference(
  row: Pick<BenchResult, "name" | "unit" | "aim">,
  ours: readonly number[],
  reference: readonly number[],
): BenchResult {
  const more = ours.map((value, round) => value - (reference[round] ?? Number.NaN));
  return single(row.name, row.unit, median(more), ours.length, row.aim);
}
