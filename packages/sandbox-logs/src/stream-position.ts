/** How much of the end is remembered to recognise the place in another copy of the stream. */
const tailBytes = 4096;

/** Where we are in what one stream of the container has written: a count, and the last bytes to check the count against. */
export class StreamPosition {
  #received = 0;
  #tail = Buffer.alloc(0);
  #used = 0;

  get receivedBytes(): number {
    return this.#received;
  }

  /** The last bytes, all of them when there are fewer than 4096. */
  get tail(): Buffer {
    return this.#tail.subarray(Math.max(0, this.#used - tailBytes), this.#used);
  }

  advance(chunk: Buffer, start: number, end: number): void {
    this.#received += end - start;
    const from = Math.max(start, end - tailBytes);
    // Made with the first byte: a tail for each of a hundred silent streams would be memory for nothing.
    if (this.#tail.length === 0) this.#tail = Buffer.allocUnsafeSlow(2 * tailBytes);
    if (this.#used + (end - from) > this.#tail.length) {
      const keep = this.tail;
      this.#tail.copyWithin(0, this.#used - keep.length, this.#used);
      this.#used = keep.length;
    }
    chunk.copy(this.#tail, this.#used, from, end);
    this.#used += end - from;
  }
}
