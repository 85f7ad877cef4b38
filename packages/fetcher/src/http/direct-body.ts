import { batchBytes, type FileWriter } from "../fs/file-writer.ts";
import type { TapSink } from "./socket-tap.ts";

// A slot goes to the writer with a whole batch in it; the rest of it keeps the reads before that large. One is filled while the
// others are written. Larger or more of them were no faster.
const slotBytes = batchBytes + (256 << 10);
const maxSlots = 3;

/** The body of a response of known length, on its way from a socket into a file through a few buffers that are used again. */
export class DirectBody implements TapSink {
  readonly #writer: FileWriter;
  readonly #onBytes: (bytes: number) => void;
  readonly #onEnd: () => void;
  readonly #free: Buffer[] = [];
  #slot: Buffer = newSlot();
  #filledBytes = 0;
  #missingBytes: number;
  #writingSlots = 0;

  /** `onBytes` for all that counts as it comes, `onEnd` once all `sizeBytes` are with the writer. What comes after them is dropped. */
  constructor(writer: FileWriter, sizeBytes: number, onBytes: (bytes: number) => void, onEnd: () => void) {
    this.#writer = writer;
    this.#missingBytes = sizeBytes;
    this.#onBytes = onBytes;
    this.#onEnd = onEnd;
  }

  /** Bytes that came and are not with the writer yet. */
  get heldBytes(): number {
    return this.#filledBytes;
  }

  /** All that may wait for the file waits for it. */
  get isFull(): boolean {
    return this.#writingSlots >= maxSlots - 1;
  }

  room(): Uint8Array {
    return this.#slot.subarray(this.#filledBytes);
  }

  filled(bytes: number): boolean {
    if (this.#missingBytes === 0) return false;
    const taken = Math.min(bytes, this.#missingBytes);
    this.#filledBytes += taken;
    this.#missingBytes -= taken;
    if (this.#filledBytes >= batchBytes || this.#missingBytes === 0) this.flush();
    this.#onBytes(taken);
    if (this.#missingBytes === 0) this.#onEnd();
    return this.#missingBytes > 0 && !this.isFull;
  }

  copy(bytes: Uint8Array): boolean {
    let more = true;
    for (let at = 0; at < bytes.length && this.#missingBytes > 0;) {
      const room = this.room();
      const part = bytes.subarray(at, at + room.length);
      room.set(part);
      more = this.filled(part.length);
      at += part.length;
    }
    return more;
  }

  /** Gives the writer what is held. */
  flush(): void {
    if (this.#filledBytes === 0) return;
    const slot = this.#slot;
    this.#writingSlots += 1;
    this.#writer.push(slot.subarray(0, this.#filledBytes), () => {
      this.#writingSlots -= 1;
      this.#free.push(slot);
    });
    this.#slot = this.#free.pop() ?? newSlot();
    this.#filledBytes = 0;
  }
}

function newSlot(): Buffer {
  return Buffer.allocUnsafeSlow(slotBytes);
}
