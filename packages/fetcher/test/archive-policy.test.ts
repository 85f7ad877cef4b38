import { describe, expect, it } from "vitest";
import { ArchivePolicy } from "../src/archive/archive-policy.ts";
import type { ArchiveEntry } from "../src/archive/entry.ts";
import { defaultArchiveLimits } from "../src/fetcher-options.ts";

type Brief = readonly [kind: ArchiveEntry["kind"], name: string, linkTarget?: string];

function admitAll(entries: readonly Brief[]): (string | undefined)[] {
  const policy = new ArchivePolicy(defaultArchiveLimits, 1000);
  return entries.map(
    ([kind, name, linkTarget = ""]) =>
      policy.admit({ kind, name, linkTarget, sizeBytes: 0, mode: 0o644, modified: 0 })?.name,
  );
}

describe("ArchivePolicy", () => {
  it.each<[string, Brief[]]>([
    [
      "a plain tree",
      [
        ["directory", "./"],
        ["directory", "a/"],
        ["file", "a/./b"],
        ["file", "a//c"],
        ["file", "..a"],
      ],
    ],
    [
      "links inside",
      [
        ["symlink", "a/b/l", "../../c"],
        ["symlink", "m", "a/b"],
        ["symlink", "n", "."],
      ],
    ],
    [
      "a hard link to a file",
      [
        ["file", "a/f"],
        ["hardlink", "g", "./a/f"],
      ],
    ],
    [
      "a file in the place of a link",
      [
        ["symlink", "l", "x"],
        ["file", "l"],
        ["file", "l2/x"],
      ],
    ],
  ])("admits %s", (_what, entries) => {
    const admitted = admitAll(entries);
    expect(admitted.filter((name) => name !== undefined).every((name) => !name?.startsWith("./"))).toBe(true);
  });

  it.each<[string, Brief[]]>([
    ["`..`", [["file", "../x"]]],
    ["`..` in the middle", [["file", "a/../../x"]]],
    ["`..` at the end", [["directory", "a/.."]]],
    ["an absolute name", [["file", "/etc/passwd"]]],
    ["an absolute link", [["symlink", "l", "/etc"]]],
    ["a link that points out", [["symlink", "a/l", "../../x"]]],
    ["a link to the parent", [["symlink", "l", ".."]]],
    ["a link that goes down and up", [["symlink", "l", "a/../b"]]],
    [
      "links that only together point out",
      [
        ["symlink", "x", "."],
        ["symlink", "y", "x/x/../.."],
      ],
    ],
    [
      "a file below a link",
      [
        ["symlink", "l", "a"],
        ["file", "l/x"],
      ],
    ],
    [
      "a link below a link",
      [
        ["symlink", "a/b", "."],
        ["symlink", "a/b/c", "../x"],
      ],
    ],
    [
      "a folder in the place of a link",
      [
        ["symlink", "l", "a"],
        ["directory", "l/"],
      ],
    ],
    ["a hard link that points out", [["hardlink", "h", "../x"]]],
    ["an absolute hard link", [["hardlink", "h", "/etc/shadow"]]],
    [
      "a hard link to a link",
      [
        ["symlink", "a/b/l", "../x"],
        ["hardlink", "h", "a/b/l"],
      ],
    ],
    [
      "a hard link through a link",
      [
        ["symlink", "l", "a"],
        ["hardlink", "h", "l/x"],
      ],
    ],
  ])("refuses %s", (_what, entries) => {
    expect(() => admitAll(entries)).toThrow(expect.objectContaining({ code: "archive-escape" }));
  });

  it("counts entries and bytes", () => {
    const limits = { maxEntries: 2, maxExtractedBytes: 100, maxRatio: 10 };
    const policy = new ArchivePolicy(limits, 1000);
    const entry = { kind: "file", name: "a", linkTarget: "", sizeBytes: 0, mode: 0, modified: 0 } as const;
    policy.admit(entry);
    policy.admit(entry);
    const bomb = expect.objectContaining({ code: "archive-bomb" });
    expect(() => policy.admit(entry)).toThrow(bomb);
    policy.expanded(60);
    expect(() => policy.announce(41)).toThrow(bomb);
    expect(() => policy.expanded(41)).toThrow(bomb);
  });

  it("judges the ratio from 64 MiB on", () => {
    const policy = new ArchivePolicy({ ...defaultArchiveLimits, maxRatio: 100 }, 1000);
    policy.expanded(64 * 2 ** 20);
    expect(() => policy.expanded(1)).toThrow("100 times");
  });
});
