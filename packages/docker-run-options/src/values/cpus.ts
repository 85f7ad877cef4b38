import { invalid } from "../errors.ts";
import { exactNumber } from "./go-numbers.ts";

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const fraction = /^([+-]?\d{1,30})\/(\d{1,30})$/;

/** `--cpus`, a decimal or a fraction (`1.5`, `3/2`), in billionths of a cpu. */
export function parseCpus(text: string): number {
  const [numerator, denominator] = readRational(text);
  const billionths = numerator * 1_000_000_000n;
  if (billionths % denominator !== 0n) throw invalid(`"${text}" is too precise; at most 9 decimals`);
  return exactNumber(billionths / denominator, text);
}

function readRational(text: string): [bigint, bigint] {
  const ratio = fraction.exec(text);
  if (ratio) {
    const denominator = BigInt(ratio[2] ?? "0");
    if (denominator === 0n) throw invalid(`"${text}" divides by zero`);
    return [BigInt((ratio[1] ?? "0").replace("+", "")), denominator];
  }
  const match = decimal.exec(text);
  const [, sign = "", whole = "", decimals = "", exponent = "0"] = match ?? [];
  if (!match || (whole === "" && decimals === "") || text.length > 60)
    throw invalid(`"${text}" is not a number of cpus; write a decimal such as 1.5`);
  const digits = BigInt(`${whole}${decimals}`) * (sign === "-" ? -1n : 1n);
  const scale = Number(exponent) - decimals.length;
  return scale >= 0 ? [digits * 10n ** BigInt(scale), 1n] : [digits, 10n ** BigInt(-scale)];
}
