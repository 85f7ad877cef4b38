import type { Writable } from "node:stream";
import type { ArchiveEntry } from "./entry.ts";
import { blockBytes } from "./tar-header.ts";

const bufferBytes = 256 * 1024;
const longLinkName = "././@LongLink";
const typeOf = { file: "0", hardlink: "1", symlink: "2", directory: "5" } as const;

/**
 * Writes a tar of our own making: plain headers, GNU long names. What unpacks it never sees a header that we did not write, so it
 * cannot read an archive in another way than we judged it.
 */
export class TarWriter {
  readonly #sink: Writable;
  #buffer = Buffer.allocUnsafe(bufferBytes);
  #used = 0;
  #full: Buffer[] = [];

  constructor(sink: Writable) {
    this.#sink = sink;
  }

  /** Its content, `sizeBytes` of it, must follow through `data`. */
  entry(entry: ArchiveEntry): void {
    const name = entry.kind === "directory" ? `${entry.name}/` : entry.name;
    if (name.length > 100) this.#long("L", name);
    if (entry.linkTarget.length > 100) this.#long("K", entry.linkTarget);
    this.#header({ ...entry, name, type: typeOf[entry.kind] });
  }

  data(chunk: Buffer): void {
    this.#append(chunk);
  }

  /** After the last byte of an entry's content. */
  endEntry(sizeBytes: number): void {
    const padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    if (padding > 0) this.#append(Buffer.alloc(padding));
  }

  /** Hands on what has gathered; resolves when there is room for more. */
  async drain(): Promise<void> {
    for (const chunk of this.#full.splice(0)) {
      if (!this.#sink.write(chunk)) await writable(this.#sink);
    }
  }

  async end(): Promise<void> {
    this.#append(Buffer.alloc(2 * blockBytes));
    this.#full.push(this.#buffer.subarray(0, this.#used));
    await this.drain();
    this.#sink.end();
  }

  #long(type: string, text: string): void {
    const bytes = Buffer.from(`${text}\0`, "latin1");
    this.#header({ name: longLinkName, linkTarget: "", mode: 0o644, modified: 0, sizeBytes: bytes.length, type });
    this.#append(bytes);
    this.endEntry(bytes.length);
  }

  #header(
    fields: Pick<ArchiveEntry, "name" | "linkTarget" | "mode" | "modified" | "sizeBytes"> & { type: string },
  ): void {
    const block = this.#reserve();
    block.fill(0);
    block.write(fields.name.slice(0, 100), 0, "latin1");
    octal(block, 100, 8, fields.mode);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    size(block, fields.sizeBytes);
    octal(block, 136, 12, Math.min(Math.max(fields.modified, 0), 0o77777777777));
    block.write(fields.type, 156, "latin1");
    block.write(fields.linkTarget.slice(0, 100), 157, "latin1");
    block.write("ustar  \0", 257, "latin1");
    block.fill(0x20, 148, 156);
    let sum = 0;
    for (let index = 0; index < blockBytes; index += 1) sum += block[index] ?? 0;
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  }

  /** The next block of the buffer, to be written in place. */
  #reserve(): Buffer {
    if (bufferBytes - this.#used < blockBytes) this.#rotate();
    const block = this.#buffer.subarray(this.#used, this.#used + blockBytes);
    this.#used += blockBytes;
    return block;
  }

  #append(chunk: Buffer): void {
    if (chunk.length > bufferBytes - this.#used) this.#rotate();
    if (chunk.length > bufferBytes) {
      this.#full.push(chunk);
      return;
    }
    chunk.copy(this.#buffer, this.#used);
    this.#used += chunk.length;
  }

  #rotate(): void {
    if (this.#used === 0) return;
    this.#full.push(this.#buffer.subarray(0, this.#used));
    this.#buffer = Buffer.allocUnsafe(bufferBytes);
    this.#used = 0;
  }
}

function octal(block: Buffer, start: number, length: number, value: number): void {
  block.write(
    Math.floor(value)
      .toString(8)
      .padStart(length - 1, "0"),
    start,
    "latin1",
  );
}

/** Eleven octal digits reach 8 GiB; above that GNU's base 256. */
function size(block: Buffer, value: number): void {
  if (value <= 0o77777777777) return octal(block, 124, 12, value);
  block[124] = 0x80;
  for (let index = 135, rest = value; index > 124 && rest > 0; index -= 1, rest = Math.floor(rest / 256)) {
    block[index] = rest % 256;
  }
}

function writable(sink: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      sink.off("drain", drained);
      sink.off("close", closed);
      act();
    };
    const drained = settle(resolve);
    const closed = settle(() => reject(new Error("the unpacking program stopped reading")));
    if (sink.destroyed) return closed();
    sink.on("drain", drained);
    sink.on("close", closed);
    return undefined;
  });
}
