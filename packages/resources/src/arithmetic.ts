import type { Resource } from "@berth/proto/v1";
import { addAmounts, type Amount, amountOf, coversAmount, isNothing, subtractAmounts, withAmount } from "./amount.ts";
import { identityOf, isIndivisible } from "./identity.ts";

/**
 * The sum: what is of one kind (name, type, reservations, disk, allocation, revocable, shared, provider) becomes one resource, in the
 * format of the first. Volumes, whole disks and shared resources stay apart, each copy counts. What holds nothing is left out.
 */
export function addResources(a: readonly Resource[], b: readonly Resource[]): Resource[] {
  return toList(toPile([...a, ...b]));
}

/** What is left of `from`. Never below zero; what `from` does not have is passed over. */
export function subtractResources(from: readonly Resource[], taken: readonly Resource[]): Resource[] {
  const pile = toPile(from);
  for (const [key, { amount, copies }] of toPile(taken)) {
    const entry = pile.get(key);
    if (entry === undefined) continue;
    if (entry.indivisible) entry.copies -= copies;
    else entry.amount = subtractAmounts(entry.amount, amount);
    if (entry.copies <= 0 || isNothing(entry.amount)) pile.delete(key);
  }
  return toList(pile);
}

/** Whether `total` has all of `part`. */
export function containsResources(total: readonly Resource[], part: readonly Resource[]): boolean {
  const pile = toPile(total);
  for (const [key, { amount, copies }] of toPile(part)) {
    const entry = pile.get(key);
    if (entry === undefined || entry.copies < copies || !coversAmount(entry.amount, amount)) return false;
  }
  return true;
}

/** All of one kind. */
interface Entry {
  readonly first: Resource;
  readonly indivisible: boolean;
  amount: Amount;
  /** How often an indivisible one is there; 1 for the others. */
  copies: number;
}

function toPile(resources: readonly Resource[]): Map<string, Entry> {
  const pile = new Map<string, Entry>();
  for (const resource of resources) {
    const amount = amountOf(resource);
    if (amount === undefined || isNothing(amount)) continue;
    const indivisible = isIndivisible(resource);
    const key = indivisible ? `${identityOf(resource)} ${amountKey(amount)}` : identityOf(resource);
    const entry = pile.get(key);
    if (entry === undefined) pile.set(key, { first: resource, indivisible, amount, copies: 1 });
    else if (indivisible) entry.copies += 1;
    else entry.amount = addAmounts(entry.amount, amount);
  }
  return pile;
}

function toList(pile: ReadonlyMap<string, Entry>): Resource[] {
  return [...pile.values()].flatMap(({ first, amount, copies }) =>
    Array.from({ length: copies }, () => withAmount(first, amount)),
  );
}

function amountKey(amount: Amount): string {
  switch (amount.type) {
    case "SCALAR":
      return String(amount.thousandths);
    case "RANGES":
      return amount.ranges.map(({ begin, end }) => `${begin}-${end}`).join();
    case "SET":
      return JSON.stringify([...amount.items].sort());
  }
}
