/** Calls back once when fewer than 1 byte/s arrive for `timeoutMs`. Time is monotonic. */
export class StallWatch implements Disposable {
  readonly #timeoutMs: number;
  readonly #onStall: () => void;
  readonly #timer: NodeJS.Timeout;
  #lastTickMs = performance.now();
  #goodUntilMs = performance.now();
  #bytes = 0;
  #held = false;

  constructor(timeoutMs: number, onStall: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#onStall = onStall;
    this.#timer = setInterval(() => this.#tick(), Math.min(1000, Math.max(10, timeoutMs / 10)));
  }

  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** While held (we wait for our own disk) the source is not to blame. */
  hold(held: boolean): void {
    this.#held = held;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = performance.now();
    const enough = this.#bytes * 1000 >= nowMs - this.#lastTickMs;
    this.#lastTickMs = nowMs;
    this.#bytes = 0;
    if (enough || this.#held) {
      this.#goodUntilMs = nowMs;
    } else if (nowMs - this.#goodUntilMs >= this.#timeoutMs) {
      clearInterval(this.#timer);
      this.#onStall();
    }
  }
}
