import { FetchError } from "../errors.ts";
import type { ArchiveEntry } from "./entry.ts";
import { parsePax } from "./pax.ts";
import { blockBytes, isZeroBlock, parseHeader, type TarHeader } from "./tar-header.ts";

/** Called in the order of the archive. `entry` answers whether the content is wanted. */
export interface TarEvents {
  entry(entry: ArchiveEntry): boolean;
  data(chunk: Buffer): void;
  endEntry(sizeBytes: number): void;
}

// Names and comments in extended headers; more is an attack on our memory.
const metaLimitBytes = 1 << 20;

type Phase =
  | { readonly kind: "header" }
  | { readonly kind: "content"; readonly wanted: boolean; readonly sizeBytes: number }
  | { readonly kind: "meta"; readonly type: string }
  | { readonly kind: "padding" }
  | { readonly kind: "ended" };

/** Reads a tar stream (v7, ustar, GNU, pax) pushed in pieces of any size; keeps none of the content. */
export class TarReader {
  readonly #events: TarEvents;
  readonly #block = Buffer.alloc(blockBytes);
  #blockUsed = 0;
  #phase: Phase = { kind: "header" };
  /** Bytes to come in this phase, and of padding after it. */
  #left = 0;
  #padding = 0;
  #meta: Buffer[] = [];
  #pax = new Map<string, string>();
  #globalPax = new Map<string, string>();
  #longName: string | undefined;
  #longLink: string | undefined;
  #entries = 0;

  constructor(events: TarEvents) {
    this.#events = events;
  }

  write(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length) {
      if (this.#phase.kind === "ended") return;
      position = this.#phase.kind === "header" ? this.#takeHeader(chunk, position) : this.#takeBody(chunk, position);
    }
  }

  /** Throws when the archive stops in the middle of an entry or never began. */
  end(): void {
    if (this.#phase.kind === "ended") return;
    const atBoundary = this.#phase.kind === "header" && this.#blockUsed === 0;
    if (!atBoundary) throw new FetchError("archive-damaged", "the archive is cut off in the middle of an entry");
    if (this.#entries === 0) throw new FetchError("archive-damaged", "the archive is empty");
  }

  #takeHeader(chunk: Buffer, position: number): number {
    if (this.#blockUsed === 0 && chunk.length - position >= blockBytes) {
      this.#onHeader(chunk.subarray(position, position + blockBytes));
      return position + blockBytes;
    }
    const taken = Math.min(blockBytes - this.#blockUsed, chunk.length - position);
    chunk.copy(this.#block, this.#blockUsed, position, position + taken);
    this.#blockUsed += taken;
    if (this.#blockUsed === blockBytes) {
      this.#blockUsed = 0;
      this.#onHeader(this.#block);
    }
    return position + taken;
  }

  #takeBody(chunk: Buffer, position: number): number {
    const end = Math.min(chunk.length, position + this.#left);
    const piece = chunk.subarray(position, end);
    this.#left -= piece.length;
    if (this.#phase.kind === "content" && this.#phase.wanted) this.#events.data(piece);
    if (this.#phase.kind === "meta") this.#meta.push(Buffer.from(piece));
    if (this.#left === 0) this.#endPhase();
    return end;
  }

  #endPhase(): void {
    const phase = this.#phase;
    if (phase.kind === "content" && phase.wanted) this.#events.endEntry(phase.sizeBytes);
    if (phase.kind === "meta") this.#onMeta(phase.type, Buffer.concat(this.#meta.splice(0)));
    this.#left = phase.kind === "padding" ? 0 : this.#padding;
    this.#phase = this.#left === 0 ? { kind: "header" } : { kind: "padding" };
  }

  #begin(phase: Phase, sizeBytes: number): void {
    this.#phase = phase;
    this.#left = sizeBytes;
    this.#padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    if (sizeBytes === 0) this.#endPhase();
  }

  #onHeader(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#phase = { kind: "ended" };
      return;
    }
    const header = parseHeader(block);
    if ("xXgLK".includes(header.type)) {
      if (header.sizeBytes > metaLimitBytes) {
        throw new FetchError("archive-bomb", `the archive has an extended header of ${header.sizeBytes} bytes`);
      }
      this.#begin({ kind: "meta", type: header.type }, header.sizeBytes);
      return;
    }
    this.#entries += 1;
    const { entry, bodyBytes } = this.#combine(header);
    this.#pax = new Map();
    this.#longName = undefined;
    this.#longLink = undefined;
    const wanted = entry !== undefined && this.#events.entry(entry);
    this.#begin({ kind: "content", wanted, sizeBytes: bodyBytes }, bodyBytes);
  }

  #onMeta(type: string, bytes: Buffer): void {
    const terminator = bytes.indexOf(0);
    const text = bytes.toString("latin1", 0, terminator < 0 ? bytes.length : terminator);
    if (type === "L") this.#longName = text;
    else if (type === "K") this.#longLink = text;
    else if (type === "g") for (const [key, value] of parsePax(bytes)) this.#globalPax.set(key, value);
    else this.#pax = parsePax(bytes);
  }

  #combine(header: TarHeader): { entry: ArchiveEntry | undefined; bodyBytes: number } {
    const pax = (key: string) => this.#pax.get(key) ?? this.#globalPax.get(key);
    if (header.type === "S" || [...this.#pax.keys()].some((key) => key.startsWith("GNU.sparse."))) {
      throw new FetchError("unsupported", "the archive has sparse entries; make it without --sparse");
    }
    const name = pax("path") ?? this.#longName ?? header.name;
    const linkTarget = pax("linkpath") ?? this.#longLink ?? header.linkTarget;
    const sizeBytes = numberOf(pax("size")) ?? header.sizeBytes;
    const modified = Math.trunc(Number(pax("mtime") ?? header.modified)) || 0;
    const kind = kindOf(header.type, name);
    if (kind === undefined) return { entry: undefined, bodyBytes: sizeBytes };
    // Links and folders have no content, whatever their size field hints at.
    const bodyBytes = kind === "file" ? sizeBytes : 0;
    return { entry: { kind, name, linkTarget, sizeBytes: bodyBytes, mode: header.mode, modified }, bodyBytes };
  }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw new FetchError("archive-damaged", "the archive is damaged: an entry has an impossible size");
  return value;
}

/** Undefined for a volume label, which is no file. */
function kindOf(type: string, name: string): ArchiveEntry["kind"] | undefined {
  switch (type) {
    case "0":
    case "\0":
    case "7":
      return name.endsWith("/") ? "directory" : "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "5":
      return "directory";
    case "V":
      return undefined;
    case "3":
    case "4":
      throw new FetchError("archive-escape", `the archive's entry '${name}' is a device`);
    case "6":
      throw new FetchError("archive-escape", `the archive's entry '${name}' is a pipe`);
    default:
      throw new FetchError("unsupported", `the archive's entry '${name}' has the unknown type '${type}'`);
  }
}
