import { invalid } from "../errors.ts";
import { exactNumber } from "./go-numbers.ts";

const nanosPer: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const term = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** A duration such as `1m30s`, `1.5h` or `0`, in nanoseconds. */
export function parseDuration(text: string): number {
  const unsigned = text.replace(/^[+-]/, "");
  const negative = text.startsWith("-");
  if (unsigned === "0") return 0;
  let total = 0n;
  term.lastIndex = 0;
  if (unsigned === "" || text.length > 80) throw notDuration(text);
  while (term.lastIndex < unsigned.length) {
    const match = term.exec(unsigned);
    if (!match) throw notDuration(text);
    const [, whole = "", fraction = "", unit = ""] = match;
    if (whole === "" && fraction === "") throw notDuration(text);
    const nanos = nanosPer[unit] ?? 1n;
    total += BigInt(whole || "0") * nanos;
    total += (BigInt(fraction || "0") * nanos) / 10n ** BigInt(fraction.length);
  }
  return exactNumber(negative ? -total : total, text);
}

/** The duration of a health check: the same, never negative. */
export function parsePositiveDuration(text: string): number {
  const nanos = parseDuration(text);
  if (nanos < 0) throw invalid("cannot be negative");
  return nanos;
}

function notDuration(text: string) {
  return invalid(`"${text}" is not a duration; write a number and ms, s, m or h, such as 30s`);
}
