/** How long to wait between two attempts. */
export interface BackOff {
  readonly firstMs: number;
  /** The wait doubles up to it. */
  readonly longestMs: number;
  /** How often the first subscription waits for an election. */
  readonly firstAttempts: number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** Between half and all of the time that the attempt has, so that many do not come at once. `attempt` from 0. */
export function backOffMs({ firstMs, longestMs, random }: BackOff, attempt: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30)) * (0.5 + random() / 2);
}
