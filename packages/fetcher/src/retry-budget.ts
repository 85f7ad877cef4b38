import type { RetryOptions } from "./fetcher-options.ts";

// A server that gives a few bytes with each attempt would otherwise keep a task for ever.
const maxAttempts = 200;

/** Decides whether a transfer is tried again: attempts count only while they bring no byte that was not there before. */
export class RetryBudget {
  readonly #options: RetryOptions;
  readonly #random: () => number;
  #fruitless = 0;
  #attempts = 0;
  #highWaterBytes = 0;

  constructor(options: RetryOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** The delay before the next attempt, or undefined when there shall be none. `onlyAfterProgress`: one that brought nothing new was the last. */
  next(
    receivedBytes: number,
    options: { askedDelayMs?: number | undefined; onlyAfterProgress?: boolean } = {},
  ): number | undefined {
    this.#attempts += 1;
    const progressed = receivedBytes > this.#highWaterBytes;
    this.#highWaterBytes = Math.max(this.#highWaterBytes, receivedBytes);
    this.#fruitless = progressed ? 0 : this.#fruitless + 1;
    if (this.#attempts >= maxAttempts || this.#fruitless > this.#options.maxRetries) return undefined;
    if (options.onlyAfterProgress === true && !progressed) return undefined;
    if (options.askedDelayMs !== undefined) {
      return options.askedDelayMs > this.#options.maxDelayMs ? undefined : options.askedDelayMs;
    }
    const exponent = Math.max(0, this.#fruitless - 1);
    const delayMs = Math.min(this.#options.maxDelayMs, this.#options.baseDelayMs * 2 ** exponent);
    return Math.round(delayMs * (1 + this.#random() / 4));
  }

  get attempts(): number {
    return this.#attempts;
  }
}
