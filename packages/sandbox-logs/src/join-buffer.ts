import type { LogStream } from "./sandbox-logs.ts";

/** More than this is left in the stream, which holds the container back, until the join is decided. */
const maxBytes = 1024 * 1024;

/** Keeps what a new live stream brings until it is known where it joins what we have. */
export class JoinBuffer {
  readonly #parts: Record<LogStream, Buffer[]> = { stdout: [], stderr: [] };
  #bytes = 0;

  get full(): boolean {
    return this.#bytes >= maxBytes;
  }

  push(stream: LogStream, chunk: Buffer, start: number, end: number): void {
    this.#parts[stream].push(Buffer.from(chunk.subarray(start, end)));
    this.#bytes += end - start;
  }

  bytes(stream: LogStream): Buffer {
    const parts = this.#parts[stream];
    if (parts.length > 1) this.#parts[stream] = [Buffer.concat(parts)];
    return this.#parts[stream][0] ?? Buffer.alloc(0);
  }

  /** How many of these bytes are whole lines, which an engine's log has at once. */
  lineBytes(stream: LogStream): number {
    return this.bytes(stream).lastIndexOf(0x0a) + 1;
  }
}
