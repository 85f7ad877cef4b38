import { closestMatch } from "leven";

/** The candidate that was probably meant: the same but for case and separators, or a few typing errors away. */
export function didYouMean(given: string, candidates: readonly string[]): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, "");
  const same = candidates.find((candidate) => plain(candidate) === plain(given));
  if (same !== undefined || given.length < 3) return same;
  return closestMatch(given, candidates, {
    maxDistance: Math.max(given.length < 4 ? 1 : 2, Math.floor(given.length / 3)),
  });
}
