import type { FollowSink } from "./file-follower.ts";

/** Makes `{"stream", "line"}` a line of JSON of what goes through. Bytes that are not UTF-8 become U+FFFD. */
export class JsonLines implements FollowSink {
  readonly #stream: string;
  readonly #write: (text: string) => Promise<void>;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(stream: string, write: (text: string) => Promise<void>) {
    this.#stream = stream;
    this.#write = write;
  }

  write(bytes: Uint8Array): Promise<void> {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return this.#emit(lines);
  }

  /** The last line, when nothing ended it. */
  finish(): Promise<void> {
    const last = this.#rest + this.#decoder.decode();
    return last === "" ? Promise.resolve() : this.#emit([last]);
  }

  #emit(lines: readonly string[]): Promise<void> {
    return this.#write(lines.map((line) => `${JSON.stringify({ stream: this.#stream, line })}\n`).join(""));
  }
}
