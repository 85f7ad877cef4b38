/** One entry of an archive as it will be unpacked. Names and targets hold one byte a character (latin1), so that no byte is lost. */
export interface ArchiveEntry {
  readonly kind: "file" | "directory" | "symlink" | "hardlink";
  readonly name: string;
  /** Of a symlink or hardlink. */
  readonly linkTarget: string;
  readonly sizeBytes: number;
  readonly mode: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
}

/** Bytes of a name as text for messages. */
export function shownName(name: string): string {
  return Buffer.from(name, "latin1").toString("utf8");
}
