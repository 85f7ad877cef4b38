import { FetchError } from "../errors.ts";
import type { ArchiveLimits } from "../fetcher-options.ts";
import { type ArchiveEntry, shownName } from "./entry.ts";

// Small archives of zeros compress a thousandfold and harm nobody.
const ratioFromBytes = 64 * 2 ** 20;

/**
 * Judges the entries of one archive in their order, and remembers what later ones depend on. `admit` returns the entry with a plain
 * relative name, undefined for the root itself, and throws FetchError for what could write outside or expand without bound.
 *
 * A symlink may only begin with `..` and then go down, and nothing may lie below a link of the archive. So each link is resolved from
 * a real folder, and what it reaches lies inside, by induction over the links it passes.
 */
export class ArchivePolicy {
  readonly #limits: ArchiveLimits;
  readonly #archiveBytes: number;
  readonly #links = new Set<string>();
  #entries = 0;
  #expandedBytes = 0;

  constructor(limits: ArchiveLimits, archiveBytes: number) {
    this.#limits = limits;
    this.#archiveBytes = archiveBytes;
  }

  admit(entry: ArchiveEntry): ArchiveEntry | undefined {
    this.#entries += 1;
    if (this.#entries > this.#limits.maxEntries) {
      throw new FetchError("archive-bomb", `the archive has more than ${this.#limits.maxEntries} entries`);
    }
    const name = this.#inside(entry.name, entry.name);
    if (name === "") {
      if (entry.kind === "directory") return undefined;
      throw new FetchError("archive-damaged", "the archive has an entry without a name");
    }
    this.#refuseLinkedParent(name);
    const linkTarget = this.#linkTarget(entry, name);
    if (entry.kind === "symlink") this.#links.add(name);
    else if (this.#links.has(name)) {
      if (entry.kind === "directory") throw escape(entry.name, "is a folder in the place of a link");
      this.#links.delete(name);
    }
    return { ...entry, name, linkTarget, mode: modeOf(entry) };
  }

  /** Counts bytes as they expand, so that a header that lies about a size does not help. */
  expanded(bytes: number): void {
    this.#expandedBytes += bytes;
    this.#check(this.#expandedBytes);
  }

  /** Refuses by a declared size before its content is looked at. */
  announce(bytes: number): void {
    this.#check(this.#expandedBytes + bytes);
  }

  #check(bytes: number): void {
    const { maxExtractedBytes, maxRatio } = this.#limits;
    if (bytes > maxExtractedBytes) {
      throw new FetchError("archive-bomb", `the archive expands to more than ${maxExtractedBytes} bytes`);
    }
    if (bytes > ratioFromBytes && bytes > maxRatio * this.#archiveBytes) {
      throw new FetchError(
        "archive-bomb",
        `the archive expands to more than ${maxRatio} times its ${this.#archiveBytes} bytes`,
      );
    }
  }

  #inside(path: string, shown: string): string {
    if (path.startsWith("/")) throw escape(shown, "has an absolute name");
    const plain = isPlain(path) ? path : normalize(path);
    if (plain === undefined) throw escape(shown, "has `..` in its name");
    return plain;
  }

  #refuseLinkedParent(name: string): void {
    if (this.#links.size === 0) return;
    for (let slash = name.indexOf("/"); slash >= 0; slash = name.indexOf("/", slash + 1)) {
      if (this.#links.has(name.slice(0, slash))) throw escape(name, "lies below a link of the archive");
    }
  }

  #linkTarget(entry: ArchiveEntry, name: string): string {
    if (entry.kind === "hardlink") {
      const target = this.#inside(entry.linkTarget, entry.name);
      this.#refuseLinkedParent(target);
      if (target === "" || this.#links.has(target)) throw escape(entry.name, "is a hard link to a link");
      return target;
    }
    if (entry.kind !== "symlink") return "";
    const target = entry.linkTarget;
    if (target === "") throw new FetchError("archive-damaged", "the archive has a link to nothing");
    if (target.startsWith("/")) throw escape(entry.name, `is a link to the absolute path '${shownName(target)}'`);
    const parts = target.split("/").filter((part) => part !== "" && part !== ".");
    const down = parts.findIndex((part) => part !== "..");
    const ups = down < 0 ? parts.length : down;
    const depth = name.split("/").length - 1;
    if (ups > depth) throw escape(entry.name, `is a link that points out, to '${shownName(target)}'`);
    if (down >= 0 && parts.includes("..", down)) {
      throw escape(entry.name, `is a link that goes down and up again, to '${shownName(target)}'`);
    }
    return target;
  }
}

function isPlain(path: string): boolean {
  return !path.startsWith(".") && !path.includes("/.") && !path.includes("//") && !path.endsWith("/");
}

/** Without empty and `.` components; undefined with a `..`. */
function normalize(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}

/** Modes of the archive without set-id and sticky bits and without writing by others; folders stay usable for their owner. */
function modeOf(entry: ArchiveEntry): number {
  const mode = entry.mode & 0o755;
  return entry.kind === "directory" ? mode | 0o700 : mode;
}

function escape(name: string, why: string): FetchError {
  return new FetchError("archive-escape", `the archive's entry '${shownName(name)}' ${why}`);
}
