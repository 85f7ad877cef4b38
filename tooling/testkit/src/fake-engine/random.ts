/** A small seeded generator of numbers in [0, 1), so that a failing run can be had again (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** 64 hexadecimal digits, as the engine's ids are. */
export function randomId(random: () => number): string {
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** Cuts a chunk at random places into up to four pieces. */
export function splitAtRandom(random: () => number): (chunk: Buffer) => readonly Buffer[] {
  return (chunk) => {
    const cuts = Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(random() * chunk.length));
    const at = [0, ...cuts.sort((a, b) => a - b), chunk.length];
    return at
      .slice(1)
      .map((end, i) => chunk.subarray(at[i], end))
      .filter((piece) => piece.length > 0);
  };
}
