import type { FileSink } from "./file-sink.ts";

const newline = 0x0a;

/**
 * A file that takes lines of ours between the task's lines. The task's own bytes are never changed: a note waits for the end of the
 * line that is under way; when that takes too long, it begins with a line break of its own.
 */
export class NotedSink {
  readonly #sink: FileSink;
  readonly #waitMs: number;
  #atLineStart = true;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: FileSink, waitMs: number) {
    this.#sink = sink;
    this.#waitMs = waitMs;
  }

  append(chunk: Buffer, start: number, end: number): void {
    if (end <= start) return;
    let from = start;
    if (this.#waiting.length > 0) {
      const at = chunk.subarray(start, end).indexOf(newline);
      if (at >= 0) {
        from = start + at + 1;
        this.#sink.append(chunk, start, from);
        this.#atLineStart = true;
        this.force();
      }
    }
    this.#sink.append(chunk, from, end);
    this.#atLineStart = chunk[end - 1] === newline;
  }

  note(line: string): void {
    this.#waiting.push(line.endsWith("\n") ? line : `${line}\n`);
    if (this.#atLineStart) this.force();
    else this.#timer ??= setTimeout(() => this.force(), this.#waitMs).unref();
  }

  /** Writes what waits, line end or not. */
  force(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(`${this.#atLineStart ? "" : "\n"}${this.#waiting.join("")}`);
    this.#waiting = [];
    this.#sink.append(bytes, 0, bytes.length);
    this.#atLineStart = true;
  }
}
