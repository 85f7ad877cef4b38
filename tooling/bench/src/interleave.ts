import { type BenchResult, compare } from "./result.ts";

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

/** Ours and a reference in turn, with one pair before that counts for nothing. */
export async function interleave(bench: PairedBench): Promise<BenchResult> {
  const { ours, reference } = await takeTurns(bench.pairs, { ours: bench.ours, reference: bench.reference });
  return compare(bench, ours, reference);
}

/** One run of a side: the number measured. */
export type Side = (run: number) => Promise<number>;

/**
 * Runs the sides in turn, so that whatever else happens on the machine happens to all, and changes who goes first, so that none has
 * the warmer cache every time. Runs with a negative number come first and are not in the answer: the code has been compiled then.
 */
export async function takeTurns<Name extends string>(
  rounds: number,
  sides: Readonly<Record<Name, Side>>,
  options: { readonly warmUps?: number } = {},
): Promise<Record<Name, readonly number[]>> {
  const names = Object.keys(sides) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = -(options.warmUps ?? 1); run < rounds; run += 1) {
    const first = Math.max(0, run) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const value = await sides[name](run);
      if (run >= 0) measured[name].push(value);
    }
  }
  return measured;
}
