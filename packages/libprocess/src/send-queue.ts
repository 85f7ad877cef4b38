/** One message as bytes. `tries` counts connections that it was given to. */
export interface Frame {
  readonly bytes: Buffer;
  readonly tries: number;
}

/** What waits for one destination, in order, bounded in bytes. */
export class SendQueue {
  readonly #limitBytes: number;
  #frames: Frame[] = [];
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get length(): number {
    return this.#frames.length;
  }

  /** False when it does not fit. */
  push(bytes: Buffer): boolean {
    if (this.#bytes + bytes.byteLength > this.#limitBytes) return false;
    this.#frames.push({ bytes, tries: 0 });
    this.#bytes += bytes.byteLength;
    return true;
  }

  /** The oldest, as many as `batchBytes` hold, at least one unless it is empty. */
  take(batchBytes: number): readonly Frame[] {
    let count = 0;
    let bytes = 0;
    for (const frame of this.#frames) {
      if (count > 0 && bytes + frame.bytes.byteLength > batchBytes) break;
      count += 1;
      bytes += frame.bytes.byteLength;
    }
    this.#bytes -= bytes;
    return this.#frames.splice(0, count).map((frame) => ({ ...frame, tries: frame.tries + 1 }));
  }

  /** To the front again, in their order; those that have been put back before are dropped. Returns how many were dropped. */
  putBack(frames: readonly Frame[]): number {
    const again = frames.filter((frame) => frame.tries < 2);
    this.#frames.unshift(...again);
    for (const frame of again) this.#bytes += frame.bytes.byteLength;
    return frames.length - again.length;
  }

  /** Returns how many there were. */
  clear(): number {
    const { length } = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    return length;
  }
}
