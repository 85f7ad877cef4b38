import type { LogGap, LogStream } from "./sandbox-logs.ts";
import { type FileOwner, openLogFile } from "./log-file.ts";

/**
 * Notes beside a log what is missing in it, one JSON object a line, so that the log itself holds nothing but what the task wrote.
 * The file comes into being with the first gap. A note that finds no room is kept and written later.
 */
export class GapFile {
  readonly path: string;
  readonly #stream: LogStream;
  readonly #owner: FileOwner | undefined;
  #unwritten: string[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(stream: LogStream, logPath: string, owner: FileOwner | undefined) {
    this.path = `${logPath}.gaps`;
    this.#stream = stream;
    this.#owner = owner;
  }

  add(gap: LogGap): void {
    const record = { stream: this.#stream, offset: gap.offset, lost_bytes: gap.lostBytes ?? null, why: gap.why };
    this.#unwritten.push(`${JSON.stringify(record)}\n`);
    void this.flush();
  }

  /** Resolves to whether every gap stands in the file. */
  async flush(): Promise<boolean> {
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
    return this.#unwritten.length === 0;
  }

  async #write(): Promise<void> {
    const count = this.#unwritten.length;
    if (count === 0) return;
    try {
      const handle = await openLogFile(this.path, this.#owner);
      try {
        await handle.appendFile(this.#unwritten.slice(0, count).join(""));
        this.#unwritten.splice(0, count);
      } finally {
        await handle.close();
      }
    } catch {
      // Kept for the next flush; the settlement says so if it never succeeds.
    }
  }
}
