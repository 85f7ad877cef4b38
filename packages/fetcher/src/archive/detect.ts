import { isHeader } from "./tar-header.ts";

export type Format = "gzip" | "bzip2" | "xz" | "zstd" | "zip" | "tar";

/** What a file is by its first bytes (512 are enough), whatever its name says; undefined when it is no archive we know. */
export function detectFormat(head: Buffer): Format | undefined {
  const hex = head.toString("hex", 0, 6);
  if (hex.startsWith("1f8b")) return "gzip";
  if (hex.startsWith("425a68")) return "bzip2";
  if (hex === "fd377a585a00") return "xz";
  if (hex.startsWith("28b52ffd")) return "zstd";
  // A local file header, or the end record of a zip without entries.
  if (hex.startsWith("504b0304") || hex.startsWith("504b0506")) return "zip";
  return head.length >= 512 && isHeader(head) ? "tar" : undefined;
}
