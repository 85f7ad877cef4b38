/** What JavaScript holds, its buffers included, when nothing is left to collect. */
export function heapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Twice, since the first may only find what to finalize. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("the bench needs node --expose-gc");
  globalThis.gc();
  globalThis.gc();
}
