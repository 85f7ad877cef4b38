import type { Resource } from "@berth/proto/v1";
import { normalizeRanges, type Range, subtractRanges } from "./ranges.ts";
import { fromThousandths, toThousandths } from "./scalar.ts";

/** How much of something: the value of a resource, in the form that it is reckoned in. */
export type Amount =
  | { readonly type: "SCALAR"; readonly thousandths: number }
  | { readonly type: "RANGES"; readonly ranges: readonly Range[] }
  | { readonly type: "SET"; readonly items: ReadonlySet<string> };

/** Undefined for a type that resources do not have. */
export function amountOf(resource: Resource): Amount | undefined {
  switch (resource.type) {
    case "SCALAR":
      return { type: "SCALAR", thousandths: toThousandths(resource.scalar?.value ?? 0) };
    case "RANGES":
      return { type: "RANGES", ranges: normalizeRanges(resource.ranges?.range ?? []) };
    case "SET":
      return { type: "SET", items: new Set(resource.set?.item) };
    case "TEXT":
    case "UNRECOGNIZED":
    case undefined:
      return undefined;
  }
}

/** The same resource with another value. */
export function withAmount(resource: Resource, amount: Amount): Resource {
  switch (amount.type) {
    case "SCALAR":
      return { ...resource, scalar: { value: fromThousandths(amount.thousandths) } };
    case "RANGES":
      return { ...resource, ranges: { range: amount.ranges.map((range) => ({ ...range })) } };
    case "SET":
      return { ...resource, set: { item: [...amount.items] } };
  }
}

/** Both of one type. */
export function addAmounts(a: Amount, b: Amount): Amount {
  if (a.type === "SCALAR" && b.type === "SCALAR") return { ...a, thousandths: a.thousandths + b.thousandths };
  if (a.type === "RANGES" && b.type === "RANGES") return { ...a, ranges: normalizeRanges([...a.ranges, ...b.ranges]) };
  if (a.type === "SET" && b.type === "SET") return { ...a, items: new Set([...a.items, ...b.items]) };
  return a;
}

/** What is left of `from`, never less than nothing. */
export function subtractAmounts(from: Amount, taken: Amount): Amount {
  if (from.type === "SCALAR" && taken.type === "SCALAR") {
    return { ...from, thousandths: Math.max(0, from.thousandths - taken.thousandths) };
  }
  if (from.type === "RANGES" && taken.type === "RANGES") {
    return { ...from, ranges: subtractRanges(from.ranges, taken.ranges) };
  }
  if (from.type === "SET" && taken.type === "SET") {
    return { ...from, items: new Set([...from.items].filter((item) => !taken.items.has(item))) };
  }
  return from;
}

export function coversAmount(total: Amount, part: Amount): boolean {
  if (total.type === "SCALAR" && part.type === "SCALAR") return part.thousandths <= total.thousandths;
  return total.type === part.type && isNothing(subtractAmounts(part, total));
}

export function isNothing(amount: Amount): boolean {
  switch (amount.type) {
    case "SCALAR":
      return amount.thousandths <= 0;
    case "RANGES":
      return amount.ranges.length === 0;
    case "SET":
      return amount.items.size === 0;
  }
}
