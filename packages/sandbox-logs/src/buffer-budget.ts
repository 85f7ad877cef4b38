/**
 * How much output may wait in memory for the disk. Every session may use `sessionBytes`; when all of them together hold more than
 * `totalBytes` (a disk that stands still under many chatty containers) each keeps only its share.
 */
export class BufferBudget {
  readonly #sessionBytes: number;
  readonly #totalBytes: number;
  readonly #shareBytes: number;
  #held = 0;

  constructor(options: { sessionBytes: number; totalBytes: number }) {
    this.#sessionBytes = options.sessionBytes;
    this.#totalBytes = options.totalBytes;
    this.#shareBytes = Math.max(64 * 1024, Math.floor(options.sessionBytes / 16));
  }

  get heldBytes(): number {
    return this.#held;
  }

  hold(bytes: number): void {
    this.#held += bytes;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }

  /** A session that holds `own` bytes must stop reading until `mayResume`. */
  mustPause(own: number): boolean {
    return own > this.#sessionBytes || (this.#held > this.#totalBytes && own > this.#shareBytes);
  }

  /** True at the latest when the session holds nothing, so that its own writes always wake it. */
  mayResume(own: number): boolean {
    return own <= this.#shareBytes || (own <= this.#sessionBytes / 2 && this.#held <= this.#totalBytes);
  }
}
