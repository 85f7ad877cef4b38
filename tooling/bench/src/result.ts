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
