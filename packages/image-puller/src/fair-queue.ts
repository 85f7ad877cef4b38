interface Waiting {
  readonly start: () => void;
  readonly onPosition: (position: number) => void;
}

/** A limit on what goes on at once; the rest waits in order of arrival. */
export class FairQueue {
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  #active = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get active(): number {
    return this.#active;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for a place, telling its position (1 = next) when it changes. Resolves with the function that gives the place
   * back, or undefined when the signal came first: then it has left the queue.
   */
  enter(signal: AbortSignal, onPosition: (position: number) => void): Promise<(() => void) | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    if (this.#active < this.#limit) return Promise.resolve(this.#take());
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(undefined);
        this.#tellPositions();
      };
      const waiting: Waiting = {
        onPosition,
        start: () => {
          signal.removeEventListener("abort", leave);
          resolve(this.#take());
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
      onPosition(this.#waiting.length);
    });
  }

  #take(): () => void {
    this.#active += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#active -= 1;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.start();
      this.#tellPositions();
    };
  }

  #tellPositions(): void {
    for (const [index, { onPosition }] of this.#waiting.entries()) onPosition(index + 1);
  }
}
