import { distance } from "fastest-levenshtein";
import { type RunOption, runOptions } from "./option-table.ts";

const byName = new Map<string, RunOption>();
for (const option of runOptions) {
  for (const name of [option.name, ...(option.short === undefined ? [] : [option.short]), ...(option.aliases ?? [])])
    byName.set(name, option);
}

/** The option of this name, alias or letter, without dashes. */
export function findOption(key: string): RunOption | undefined {
  return byName.get(key);
}

/** The option that an unknown key was probably meant to be, if one is near. */
export function suggestOption(key: string): string | undefined {
  const plain = key.replace(/^-+/, "").replace(/=.*$/s, "").toLowerCase().replaceAll("_", "-");
  // Nothing is near to a key longer than any name, and the distance costs time with the product of the lengths.
  if (plain === "" || plain.length > 40) return undefined;
  if (byName.has(plain)) return plain;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(plain.length / 3)) + 1;
  for (const name of byName.keys()) {
    // A letter is near to everything short.
    if (name.length === 1) continue;
    const current = distance(plain, name);
    if (current < bestDistance) [best, bestDistance] = [name, current];
  }
  return best;
}
