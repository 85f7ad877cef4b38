import type { Value } from "@berth/proto/v1";
import { normalizeRanges, type Range } from "./ranges.ts";

/** `offset` is where in `text` the fault is. */
export type ParsedValue =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly what: string; readonly offset: number };

const maximum = 2n ** 64n - 1n;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^(-?)0[xX]([0-9a-fA-F]+)$/;

/** A value as the flags write it: `4`, `[1-2, 5-9]`, `{a,b}` or, when it is none of these, a text. Blanks are dropped, as the original does. */
export function parseValue(text: string): ParsedValue {
  const squeezed = text.replaceAll(" ", "").trim();
  const start = text.length - text.trimStart().length;
  if (squeezed === "") return { ok: false, what: "there is no value", offset: start };
  const unmatched = unmatchedBracket(text);
  if (unmatched !== undefined) return { ok: false, ...unmatched };
  if (squeezed.startsWith("[")) return parseRanges(text);
  if (squeezed.startsWith("{")) return parseSet(text);
  const stray = text.search(/[[{]/);
  if (stray !== -1) return { ok: false, what: `${text[stray]} stands within the value`, offset: stray };
  const number = parseNumber(squeezed);
  if (number !== undefined) return { ok: true, value: { type: "SCALAR", scalar: { value: number } } };
  return { ok: true, value: { type: "TEXT", text: { value: squeezed } } };
}

function parseNumber(text: string): number | undefined {
  const hex = hexadecimal.exec(text);
  const number = hex ? Number(`0x${hex[2]}`) * (hex[1] === "-" ? -1 : 1) : decimal.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

function parseRanges(text: string): ParsedValue {
  const open = text.indexOf("[");
  const close = text.indexOf("]");
  const after = trailing(text, close);
  if (after !== undefined) return after;
  const ranges: Range[] = [];
  let offset = open + 1;
  for (const piece of text.slice(open + 1, close).split(",")) {
    const match = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(piece);
    if (match === null) {
      return { ok: false, what: "a range is two whole numbers, [31000-32000]", offset: offset + blanks(piece) };
    }
    const range = { begin: BigInt(match[1]!), end: BigInt(match[2]!) };
    if (range.end > maximum)
      return { ok: false, what: "the range does not fit into 64 bits", offset: offset + blanks(piece) };
    if (range.begin > range.end)
      return { ok: false, what: "the range ends before it begins", offset: offset + blanks(piece) };
    ranges.push(range);
    offset += piece.length + 1;
  }
  return {
    ok: true,
    value: { type: "RANGES", ranges: { range: normalizeRanges(ranges).map((range) => ({ ...range })) } },
  };
}

function parseSet(text: string): ParsedValue {
  const open = text.indexOf("{");
  const close = text.indexOf("}");
  const after = trailing(text, close);
  if (after !== undefined) return after;
  const items = text
    .slice(open + 1, close)
    .split(/[,\n]/)
    .map((item) => item.replaceAll(" ", ""))
    .filter((item) => item !== "");
  return { ok: true, value: { type: "SET", set: { item: items } } };
}

function trailing(text: string, close: number): ParsedValue | undefined {
  const rest = text.slice(close + 1);
  if (rest.trim() === "") return undefined;
  return { ok: false, what: `more stands after ${text[close]}`, offset: close + 1 + blanks(rest) };
}

const partners: Readonly<Record<string, string>> = { "]": "[", "}": "{", ")": "(" };

function unmatchedBracket(text: string): { what: string; offset: number } | undefined {
  const open: { bracket: string; offset: number }[] = [];
  for (let offset = 0; offset < text.length; offset++) {
    const character = text.charAt(offset);
    if ("[{(".includes(character)) open.push({ bracket: character, offset });
    const partner = partners[character];
    if (partner !== undefined && open.pop()?.bracket !== partner) {
      return { what: `${character} closes nothing`, offset };
    }
  }
  const last = open.at(-1);
  return last && { what: `${last.bracket} is not closed`, offset: last.offset };
}

function blanks(text: string): number {
  return text.length - text.trimStart().length;
}
