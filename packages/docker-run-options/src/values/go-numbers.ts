import { invalid } from "../errors.ts";

const truths = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falsehoods = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** A boolean as Go's strconv.ParseBool reads it; the value must be there, since parameters are always `--key=value`. */
export function parseBool(text: string): boolean {
  if (truths.has(text)) return true;
  if (falsehoods.has(text)) return false;
  throw invalid(`"${text}" is not a boolean; write true or false`);
}

// Base 0 of Go's strconv: a prefix chooses the base, and single underscores may stand between digits.
const integer = /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;

/** Longer than any number that fits; reading on would cost time with the square of the length. */
const maxLength = 80;

export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

export const int64: IntegerRange = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
export const uint64: IntegerRange = { min: 0n, max: 2n ** 64n - 1n };
export const uint16: IntegerRange = { min: 0n, max: 65_535n };

/** An integer option: decimal, `0x`, `0o` or leading `0`, `0b`. Above 2^53 it is refused, because JSON would round it. */
export function parseInteger(text: string, range: IntegerRange = int64): number {
  const match = text.length > maxLength ? null : integer.exec(text);
  if (!match) throw invalid(`"${text}" is not an integer`);
  const [, sign = "", digits = ""] = match;
  const plain = digits.replaceAll("_", "");
  const magnitude = BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain);
  if (sign !== "" && range.min === 0n) throw invalid(`"${text}" must not have a sign`);
  return exactNumber(sign === "-" ? -magnitude : magnitude, text, range);
}

/** A decimal integer without prefix or underscores, as Go's strconv.Atoi and ParseInt(base 10) read it. */
export function parseDecimal(text: string, range: IntegerRange = int64): number {
  const pattern = range.min === 0n ? /^\d+$/ : /^[+-]?\d+$/;
  if (text.length > maxLength || !pattern.test(text)) throw invalid(`"${text}" is not a whole number`);
  return exactNumber(BigInt(text.replace(/^\+/, "")), text, range);
}

export function exactNumber(value: bigint, text: string, range: IntegerRange = int64): number {
  if (value < range.min || value > range.max) throw invalid(`"${text}" is outside ${range.min} to ${range.max}`);
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw invalid(`"${text}" is beyond ${Number.MAX_SAFE_INTEGER}, the largest number that is sent exactly`);
  return number;
}
