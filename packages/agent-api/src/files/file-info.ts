import type { Stats } from "node:fs";

/** One entry of a listing. */
export interface ListedFile {
  /** Virtual. */
  readonly path: string;
  readonly nlink: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** The whole `st_mode`, kind included. */
  readonly mode: number;
  /** The name, or the number where the machine has none. */
  readonly user: string;
  readonly group: string;
}

export interface IdNames {
  user(uid: number): string;
  group(gid: number): string;
}

export function listedFile(path: string, stats: Stats, names: IdNames): ListedFile {
  return {
    path,
    nlink: stats.nlink,
    sizeBytes: stats.size,
    mtimeMs: stats.mtimeMs,
    mode: stats.mode,
    user: names.user(stats.uid),
    group: names.group(stats.gid),
  };
}

const kinds: Readonly<Record<number, string>> = {
  0o14: "s",
  0o12: "l",
  0o10: "-",
  0o06: "b",
  0o04: "d",
  0o02: "c",
  0o01: "p",
};

/** `-rw-r--r--` */
export function modeText(mode: number): string {
  const bits = "rwxrwxrwx".split("").map((letter, index) => ((mode & (0o400 >> index)) === 0 ? "-" : letter));
  return (kinds[mode >> 12] ?? "-") + bits.join("");
}
