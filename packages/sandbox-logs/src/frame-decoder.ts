import type { LogStream } from "./sandbox-logs.ts";

/** Where a decoder puts what it finds. `chunk[start, end)` is only lent: it shares memory with the chunk that was pushed. */
export interface FrameSink {
  data(stream: LogStream, chunk: Buffer, start: number, end: number): void;
}

/** Why a stream is not what it should be. After a fault nothing more is taken from it. */
export type FrameFault =
  /** A header that no engine sends: the position within the stream is lost. */
  | { readonly kind: "bad-frame"; readonly header: string; readonly offset: number }
  /** The engine itself reports an error inside the stream (frame type 3). */
  | { readonly kind: "engine-error"; readonly message: string };

/** Takes an engine's byte stream apart, however it is cut into chunks. */
export interface StreamDecoder {
  /** Returns the fault that ends the stream, if there is one. */
  push(chunk: Buffer): FrameFault | undefined;
  /** Nothing is half read: the stream may end here. */
  readonly atBoundary: boolean;
}

const headerBytes = 8;
const maxErrorTextBytes = 4096;
const streams: Readonly<Record<number, LogStream>> = { 1: "stdout", 2: "stderr" };

/**
 * The multiplexed form: `[type, 0, 0, 0, length as uint32 big endian]`, then that many bytes; type 1 is stdout, 2 stderr, 3 an
 * error of the engine, which is no output of the container. Source: Engine API, "Attach to a container", stream format.
 * Payload is never copied and never gathered, so that a frame of any length costs no memory.
 */
export class FrameDecoder implements StreamDecoder {
  readonly #sink: FrameSink;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #payloadLeft = 0;
  #type = 0;
  #offset = 0;
  #errorText: Buffer[] = [];
  #errorBytes = 0;
  #fault: FrameFault | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  get atBoundary(): boolean {
    return this.#headerFilled === 0 && this.#payloadLeft === 0 && this.#fault === undefined;
  }

  push(chunk: Buffer): FrameFault | undefined {
    let at = 0;
    while (at < chunk.length && this.#fault === undefined) {
      if (this.#payloadLeft === 0) at = this.#takeHeader(chunk, at);
      else at = this.#takePayload(chunk, at);
    }
    this.#offset += at;
    return this.#fault;
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const take = Math.min(headerBytes - this.#headerFilled, chunk.length - at);
    chunk.copy(this.#header, this.#headerFilled, at, at + take);
    this.#headerFilled += take;
    if (this.#headerFilled < headerBytes) return at + take;
    const type = this.#header[0] ?? 0;
    const known = type >= 1 && type <= 3 && this.#header[1] === 0 && this.#header[2] === 0 && this.#header[3] === 0;
    if (!known) {
      const offset = this.#offset + at + take - headerBytes;
      this.#fault = { kind: "bad-frame", header: this.#header.toString("hex"), offset };
      return at + take;
    }
    this.#type = type;
    this.#headerFilled = 0;
    this.#payloadLeft = this.#header.readUInt32BE(4);
    if (this.#payloadLeft === 0) this.#endFrame();
    return at + take;
  }

  #takePayload(chunk: Buffer, at: number): number {
    const end = Math.min(at + this.#payloadLeft, chunk.length);
    const stream = streams[this.#type];
    if (stream !== undefined) {
      this.#sink.data(stream, chunk, at, end);
    } else if (this.#errorBytes < maxErrorTextBytes) {
      const part = Buffer.from(chunk.subarray(at, Math.min(end, at + maxErrorTextBytes - this.#errorBytes)));
      this.#errorText.push(part);
      this.#errorBytes += part.length;
    }
    this.#payloadLeft -= end - at;
    if (this.#payloadLeft === 0) this.#endFrame();
    return end;
  }

  #endFrame(): void {
    if (this.#type === 3) {
      this.#fault = { kind: "engine-error", message: Buffer.concat(this.#errorText).toString().trim() };
    }
  }
}

/** With a tty there are no frames: every byte is the terminal's output. */
export class RawDecoder implements StreamDecoder {
  readonly atBoundary = true;
  readonly #sink: FrameSink;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): undefined {
    if (chunk.length > 0) this.#sink.data("stdout", chunk, 0, chunk.length);
  }
}
