/** How long a pull may take, in milliseconds, by phase. Waiting in the puller's queue counts for none of them. */
export interface PullBudgets {
  /** From the request to the engine's first line: DNS, connection, token and manifest. */
  readonly beginMs: number;
  /** Without a byte or a step of any layer that is to be downloaded. */
  readonly downloadStallMs: number;
  /** Without a word once all has been downloaded. The engine is silent while it unpacks a large layer. */
  readonly extractStallMs: number;
  /** All tries together. */
  readonly totalMs: number;
}

export const defaultPullBudgets: PullBudgets = {
  beginMs: 5 * 60_000,
  downloadStallMs: 2 * 60_000,
  extractStallMs: 15 * 60_000,
  totalMs: 2 * 60 * 60_000,
};
