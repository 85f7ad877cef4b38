/** The name that a misspelt one may have meant, when one is near enough to be worth the question. */
export function closestName(wrong: string, names: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(wrong, name);
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  // Two letters that changed places count as two edits.
  const most = wrong.length < 4 ? 1 : Math.max(2, Math.floor(wrong.length / 4));
  return best !== undefined && best.distance <= most ? best.name : undefined;
}

/** Insertions, deletions and replacements between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
