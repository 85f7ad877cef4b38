import type { Log } from "@berth/log";

/** Work on disk that nobody waits for until the end. A failure costs room, nothing else. */
export class Chores {
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#log.warn("the checkpoint cannot be tidied", { error }))
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}
