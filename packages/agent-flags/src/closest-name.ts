import { closestMatch } from "leven";

/** The name that a misspelt one may have meant, when one is near enough to be worth the question. */
export function closestName(wrong: string, names: readonly string[]): string | undefined {
  // Two letters that changed places count as two edits.
  const maxDistance = wrong.length < 4 ? 1 : Math.max(2, Math.floor(wrong.length / 4));
  return closestMatch(wrong, names, { maxDistance });
}
