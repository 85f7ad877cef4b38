/**
 * Bytes that come in pieces, in one buffer that doubles. Pieces are copied: kept as they are, each byte of a body sent in chunks of one
 * would hold an object, and its whole network segment, in memory.
 */
export interface GrowingBuffer {
  readonly length: number;
  /** False, and nothing appended, when `take` refused the room that it needs. */
  append(piece: Uint8Array): boolean;
  bytes(): Uint8Array;
}

const firstBytes = 4096;

/** Room for more than `mostBytes` is made only when that much comes. `take` is asked for every byte of room, before there is any. */
export function createGrowingBuffer(mostBytes: number, take: (bytes: number) => boolean): GrowingBuffer {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(piece) {
      const needed = length + piece.byteLength;
      if (needed > buffer.byteLength) {
        const room = Math.max(needed, Math.min(mostBytes, Math.max(firstBytes, buffer.byteLength * 2)));
        if (!take(room - buffer.byteLength)) return false;
        const larger = Buffer.allocUnsafeSlow(room);
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      buffer.set(piece, length);
      length = needed;
      return true;
    },
    bytes: () => buffer.subarray(0, length),
  };
}
