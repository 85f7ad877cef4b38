import { invalid } from "../errors.ts";

const powers: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
const size = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?) ?([a-zA-Z]*)$/;

/** Bytes with an optional unit in powers of 1024: `512`, `64m`, `1.5g`, `10KiB`. Fractions of a byte are cut off. */
export function parseByteSize(text: string): number {
  const match = size.exec(text);
  if (!match) throw invalid(`"${text}" is not a size; write a number and b, k, m, g, t or p, such as 64m`);
  const [, number = "", suffix = ""] = match;
  const unit = suffix.toLowerCase();
  const power = unit === "" ? 0 : powers[unit.charAt(0)];
  if (power === undefined || !hasUnitForm(unit))
    throw invalid(`"${text}" has the unknown unit "${suffix}"; use b, k, m, g, t or p`);
  const bytes = Math.trunc(Number(number) * 1024 ** power);
  if (bytes < 0) throw invalid(`"${text}" is negative`);
  if (!Number.isSafeInteger(bytes)) throw invalid(`"${text}" is too large`);
  return bytes;
}

/** `--memory-swap`: a size, or -1 for no limit. */
export function parseSwapSize(text: string): number {
  return text === "-1" ? -1 : parseByteSize(text);
}

function hasUnitForm(unit: string): boolean {
  if (unit.length <= 1) return true;
  const rest = unit.slice(1);
  return unit.charAt(0) !== "b" && (rest === "b" || rest === "ib");
}
