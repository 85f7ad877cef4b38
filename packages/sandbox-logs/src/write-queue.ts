/** Slices shorter than this are gathered by copying: an iovec and a Buffer object for each would cost more than the copy. */
const smallBytes = 2048;
const stagingBytes = 32 * 1024;

/** Bytes on their way to a file, in order. Large slices stay where they are, small ones are gathered. */
export class WriteQueue {
  #slices: Buffer[] = [];
  #bytes = 0;
  #staging: Buffer | undefined;
  #stagingFrom = 0;
  #stagingTo = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length <= 0) return;
    this.#bytes += length;
    // The first slice of an idle queue is written at once: nothing to gather it with.
    if (length >= smallBytes || this.#bytes === length) {
      this.#closeSegment();
      this.#slices.push(chunk.subarray(start, end));
      return;
    }
    if (this.#staging === undefined || this.#stagingTo + length > this.#staging.length) {
      this.#closeSegment();
      this.#staging = Buffer.allocUnsafeSlow(stagingBytes);
      this.#stagingFrom = 0;
      this.#stagingTo = 0;
    }
    chunk.copy(this.#staging, this.#stagingTo, start, end);
    this.#stagingTo += length;
  }

  /** Takes slices from the front: at least one, then no more than `maxBytes` and `maxSlices`. */
  take(maxBytes: number, maxSlices: number): Buffer[] {
    this.#closeSegment();
    let count = 0;
    let bytes = 0;
    for (const slice of this.#slices) {
      if (count > 0 && (count >= maxSlices || bytes + slice.length > maxBytes)) break;
      count += 1;
      bytes += slice.length;
    }
    this.#bytes -= bytes;
    if (this.#bytes === 0) this.#staging = undefined;
    return this.#slices.splice(0, count);
  }

  /** Empties the queue and says how many bytes that were. */
  clear(): number {
    const bytes = this.#bytes;
    this.#slices = [];
    this.#bytes = 0;
    this.#staging = undefined;
    this.#stagingFrom = 0;
    this.#stagingTo = 0;
    return bytes;
  }

  #closeSegment(): void {
    if (this.#staging === undefined || this.#stagingTo === this.#stagingFrom) return;
    this.#slices.push(this.#staging.subarray(this.#stagingFrom, this.#stagingTo));
    this.#stagingFrom = this.#stagingTo;
  }
}
