import { ProtoError } from "../proto-error.ts";

export interface RecordDecoderOptions {
  /** A longer record is an error, known from its length line before any of it is kept. Default 64 MiB. */
  readonly maxRecordBytes?: number;
}

/** Takes a RecordIO stream in chunks that may be cut anywhere. */
export interface RecordDecoder {
  /**
   * Hands every record that this chunk completes to `onRecord`, in order, each in memory of its own. Throws
   * {@link ProtoError} "malformed-record" or "record-too-large", after the records before the fault; the framing is lost
   * then, and every later call throws the same error.
   */
  push(chunk: Uint8Array): void;
  /** To be called at the end of the stream. Throws {@link ProtoError} "truncated-record" inside a record. */
  end(): void;
}

const DEFAULT_MAX_RECORD_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** Enough for 2^64; leading zeros do not make a length line endless. */
const MAX_LENGTH_DIGITS = 20;

export function createRecordDecoder(
  onRecord: (record: Uint8Array) => void,
  options: RecordDecoderOptions = {},
): RecordDecoder {
  return new StreamDecoder(onRecord, options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES);
}

class StreamDecoder implements RecordDecoder {
  readonly #onRecord: (record: Uint8Array) => void;
  readonly #maxRecordBytes: number;
  /** Bytes before the record under way. */
  #offsetBytes = 0;
  #lengthDigits = 0;
  #lengthBytes = 0;
  /** What has come of the body; undefined while the length line is read. */
  #body: { readonly parts: Uint8Array[]; missingBytes: number } | undefined;
  #failure: ProtoError | undefined;

  constructor(onRecord: (record: Uint8Array) => void, maxRecordBytes: number) {
    this.#onRecord = onRecord;
    this.#maxRecordBytes = maxRecordBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.#body === undefined) this.#readLengthByte(chunk[at++] ?? LINE_FEED);
      else at = this.#readBody(this.#body, chunk, at);
    }
  }

  end(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#body === undefined && this.#lengthDigits === 0) return;
    const where = this.#body === undefined ? "its length line" : `its body, ${this.#body.missingBytes} bytes short`;
    throw this.#fail("truncated-record", `the stream ended inside a record, in ${where}`);
  }

  #readLengthByte(byte: number): void {
    if (byte === LINE_FEED && this.#lengthDigits > 0) {
      this.#body = { parts: [], missingBytes: this.#lengthBytes };
      // Not in #readBody: an empty record is complete without another byte.
      if (this.#lengthBytes === 0) this.#complete([]);
      return;
    }
    if (byte < DIGIT_0 || byte > DIGIT_9) {
      const shown = `0x${byte.toString(16).padStart(2, "0")}`;
      throw this.#fail("malformed-record", `expected a decimal length and a line feed, found byte ${shown}`);
    }
    this.#lengthDigits += 1;
    this.#lengthBytes = this.#lengthBytes * 10 + (byte - DIGIT_0);
    if (this.#lengthBytes > this.#maxRecordBytes) {
      throw this.#fail("record-too-large", `the record is longer than the ${this.#maxRecordBytes} bytes allowed`);
    }
    if (this.#lengthDigits > MAX_LENGTH_DIGITS) {
      throw this.#fail("malformed-record", `the length has more than ${MAX_LENGTH_DIGITS} digits`);
    }
  }

  #readBody(body: { readonly parts: Uint8Array[]; missingBytes: number }, chunk: Uint8Array, at: number): number {
    // A copy, by a way that does not depend on Buffer's own slice: the caller may use the chunk's memory again.
    const part = new Uint8Array(chunk.subarray(at, at + body.missingBytes));
    body.parts.push(part);
    body.missingBytes -= part.byteLength;
    if (body.missingBytes === 0) this.#complete(body.parts);
    return at + part.byteLength;
  }

  #complete(parts: readonly Uint8Array[]): void {
    const record = join(parts, this.#lengthBytes);
    this.#offsetBytes += this.#lengthDigits + 1 + record.byteLength;
    this.#lengthDigits = 0;
    this.#lengthBytes = 0;
    this.#body = undefined;
    this.#onRecord(record);
  }

  #fail(code: "malformed-record" | "record-too-large" | "truncated-record", message: string): ProtoError {
    const offsetBytes = this.#offsetBytes;
    this.#failure = new ProtoError(code, `RecordIO, record at byte ${offsetBytes}: ${message}`, { offsetBytes });
    return this.#failure;
  }
}

function join(parts: readonly Uint8Array[], totalBytes: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(totalBytes);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
