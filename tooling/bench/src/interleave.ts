import { type BenchResult, median } from "./result.ts";

export interface PairedBench {
  readonly name: string;
  readonly unit: string;
  readonly pairs: number;
  readonly aim: string;
  /** One run of ours: the number measured. */
  readonly ours: (run: number) => Promise<number>;
  /** One run of the reference: the same work, done the plain way. */
  readonly reference: (run: number) => Promise<number>;
}

/**
 * Runs both sides in turn, so that whatever else happens on the machine happens to both, and changes who goes first, so that
 * neither has the warmer cache every time. One pair before counts for nothing.
 */
export async function interleave(bench: PairedBench): Promise<BenchResult> {
  await bench.ours(-1);
  await bench.reference(-1);
  const ours: number[] = [];
  const reference: number[] = [];
  for (let run = 0; run < bench.pairs; run += 1) {
    if (run % 2 === 0) ours.push(await bench.ours(run));
    reference.push(await bench.reference(run));
    if (run % 2 === 1) ours.push(await bench.ours(run));
  }
  const mine = median(ours);
  const theirs = median(reference);
  return {
    name: bench.name,
    unit: bench.unit,
    ours: mine,
    reference: theirs,
    ratio: mine / theirs,
    runs: bench.pairs,
    aim: bench.aim,
  };
}
