import { heapBytes } from "../memory.ts";

/** What a process has taken of the machine. */
export interface Usage {
  /** Before garbage was collected for this answer, and after it: what a phase takes is from the one to the other. */
  readonly cpuBeforeMs: number;
  readonly cpuAfterMs: number;
  /** With no garbage left. */
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export function ownUsage(): Usage {
  const cpuBeforeMs = cpuMs();
  const heap = heapBytes();
  return { cpuBeforeMs, rssBytes: process.memoryUsage.rss(), heapBytes: heap, cpuAfterMs: cpuMs() };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** From one answer to a later one, of processes together. */
export function usageBetween(before: readonly Usage[], after: readonly Usage[]) {
  const sum = (of: (earlier: Usage, later: Usage) => number) =>
    after.reduce((total, later, index) => total + of(before[index] ?? later, later), 0);
  return {
    cpuMs: sum((earlier, later) => later.cpuBeforeMs - earlier.cpuAfterMs),
    rssBytes: sum((earlier, later) => later.rssBytes - earlier.rssBytes),
    heapBytes: sum((earlier, later) => later.heapBytes - earlier.heapBytes),
  };
}
