import type { BufferBudget } from "./buffer-budget.ts";
import { FileSink } from "./file-sink.ts";
import { GapFile } from "./gap-file.ts";
import { type FileOwner, openLogFile } from "./log-file.ts";
import { NotedSink } from "./noted-sink.ts";
import type { LogLimits, LogPosition, LogStream } from "./sandbox-logs.ts";
import { StreamPosition } from "./stream-position.ts";

export interface SessionLogOptions {
  readonly stream: LogStream;
  readonly path: string;
  readonly owner: FileOwner | undefined;
  readonly limits: LogLimits | undefined;
  readonly budget: BufferBudget;
  readonly holdMs: number;
  readonly retryMs: number;
  readonly noteWaitMs: number;
  readonly onDrained: () => void;
}

/** One of the two logs: the file, what is missing in it, and how far into the container's stream it goes. */
export class SessionLog {
  readonly position = new StreamPosition();
  readonly #sink: FileSink;
  readonly #noted: NotedSink;
  readonly #gaps: GapFile;
  readonly #whys = new Set<string>();

  private constructor(sink: FileSink, gaps: GapFile, noteWaitMs: number) {
    this.#sink = sink;
    this.#gaps = gaps;
    this.#noted = new NotedSink(sink, noteWaitMs);
  }

  static async open(options: SessionLogOptions): Promise<SessionLog> {
    const handle = await openLogFile(options.path, options.owner);
    const { size } = await handle.stat();
    const gaps = new GapFile(options.stream, options.path, options.owner);
    const log: SessionLog = new SessionLog(
      new FileSink(handle, size, {
        ...options,
        onGap: (gap) => {
          log.#whys.add(`${gap.lostBytes ?? "unknown"} bytes of ${options.stream} lost, ${gap.why}`);
          gaps.add(gap);
        },
      }),
      gaps,
      options.noteWaitMs,
    );
    return log;
  }

  get pendingBytes(): number {
    return this.#sink.pendingBytes;
  }

  get fileBytes(): number {
    return this.#sink.fileBytes;
  }

  /** What is known to be missing, in words. */
  get faults(): readonly string[] {
    return [...this.#whys];
  }

  /** The container's own bytes. */
  data(chunk: Buffer, start: number, end: number): void {
    this.position.advance(chunk, start, end);
    this.#noted.append(chunk, start, end);
  }

  note(line: string): void {
    this.#noted.note(line);
  }

  /** Something unknown is missing at this place. */
  gap(stream: LogStream, why: string): void {
    this.#whys.add(`${stream}: ${why}`);
    this.#gaps.add({ offset: this.#sink.fileBytes + this.#sink.pendingBytes, why });
  }

  resumePoint(): LogPosition {
    return {
      sourceBytes: this.position.receivedBytes,
      logBytes: this.#sink.fileBytes + this.#sink.pendingBytes,
      rotatedBytes: this.#sink.rotatedBytes,
    };
  }

  async close(): Promise<void> {
    this.#noted.force();
    try {
      await this.#sink.close();
    } catch (error) {
      // Some file systems report a failed write only here.
      this.#whys.add(
        `closing ${this.#gaps.path.replace(/\.gaps$/, "")}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (!(await this.#gaps.flush())) this.#whys.add(`${this.#gaps.path} could not be written`);
  }
}
