import type { Attribute, Resource } from "@berth/proto/v1";
import { addResources } from "./arithmetic.ts";
import { addAmounts, type Amount, amountOf } from "./amount.ts";
import { isIndivisible, identityOf } from "./identity.ts";
import { formatRanges, normalizeRanges } from "./ranges.ts";
import { fromThousandths } from "./scalar.ts";

/**
 * Resources as `/state` shows them: disk, mem, gpus and cpus always, as numbers; other kinds when they are there, ranges as
 * `[31000-32000]`, sets as `{a, b}`; the revocable ones apart, `cpus_revocable`. Reservations and disks make no difference here.
 */
export function resourcesObject(resources: readonly Resource[]): Record<string, number | string> {
  const object: Record<string, number | string> = { disk: 0, mem: 0, gpus: 0, cpus: 0 };
  for (const [name, amount] of totals(resources, (each) => `${each.name}${each.revocable ? "_revocable" : ""}`)) {
    object[name] = plainAmount(amount);
  }
  return object;
}

/** How much there is of a scalar in all, whatever role, disk or allocation. Undefined when there is none. */
export function scalarOf(resources: readonly Resource[], name: string): number | undefined {
  const amount = totals(resources, (each) => each.name ?? "").get(name);
  return amount?.type === "SCALAR" ? fromThousandths(amount.thousandths) : undefined;
}

/** Attributes as `/state` shows them; of two with one name the last. */
export function attributesObject(attributes: readonly Attribute[]): Record<string, number | string> {
  return Object.fromEntries(attributes.map((attribute) => [attribute.name ?? "", plainAttribute(attribute)]));
}

/** A shared resource counts once, however many use it. */
function totals(resources: readonly Resource[], keyOf: (resource: Resource) => string): ReadonlyMap<string, Amount> {
  const sums = new Map<string, Amount>();
  const seen = new Set<string>();
  for (const resource of addResources(resources, [])) {
    const amount = amountOf(resource);
    if (amount === undefined) continue;
    if (resource.shared !== undefined && isIndivisible(resource)) {
      const identity = identityOf(resource);
      if (seen.has(identity)) continue;
      seen.add(identity);
    }
    const key = keyOf(resource);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? amount : addAmounts(sum, amount));
  }
  return sums;
}

function plainAmount(amount: Amount): number | string {
  switch (amount.type) {
    case "SCALAR":
      return fromThousandths(amount.thousandths);
    case "RANGES":
      return formatRanges(amount.ranges);
    case "SET":
      return `{${[...amount.items].join(", ")}}`;
  }
}

function plainAttribute({ type, scalar, ranges, text, set }: Attribute): number | string {
  switch (type) {
    case "SCALAR":
      return scalar?.value ?? 0;
    case "RANGES":
      return formatRanges(normalizeRanges(ranges?.range ?? []));
    case "SET":
      return `{${(set?.item ?? []).join(", ")}}`;
    case "TEXT":
    case "UNRECOGNIZED":
    case undefined:
      return text?.value ?? "";
  }
}
