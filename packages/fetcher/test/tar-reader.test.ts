import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { TarReader } from "../src/archive/tar-reader.ts";
import type { ArchiveEntry } from "../src/archive/entry.ts";
import { folderOf, tarOf } from "./helpers/archives.ts";
import { temporaryFolder } from "./helpers/workspace.ts";

interface Read extends ArchiveEntry {
  readonly content: string;
}

function read(archive: Buffer, splits: readonly number[] = []): Read[] {
  const entries: Read[] = [];
  let content: Buffer[] = [];
  let current: ArchiveEntry | undefined;
  const reader = new TarReader({
    entry(entry) {
      current = entry;
      content = [];
      return true;
    },
    data: (chunk) => content.push(Buffer.from(chunk)),
    endEntry() {
      if (current !== undefined) entries.push({ ...current, content: Buffer.concat(content).toString() });
    },
  });
  let start = 0;
  for (const end of [...splits, archive.length]) {
    reader.write(archive.subarray(start, end));
    start = end;
  }
  reader.end();
  return entries;
}

const longName = `${"d".repeat(150)}/${"é".repeat(60)}/f`;

it.each(["v7", "ustar", "gnu", "oldgnu", "pax"])("reads what tar writes in format %s", async (format) => {
  const names =
    format === "v7" || format === "ustar" ? { "a/b": "one", e: "" } : { "a/b": "one", e: "", [longName]: "long" };
  const folder = await folderOf(await temporaryFolder(), names);
  execFileSync("ln", ["-s", "a/b", `${folder}/link`]);
  execFileSync("ln", [`${folder}/a/b`, `${folder}/z-hard`]);
  const archive = execFileSync("tar", ["-c", "--sort=name", `--format=${format}`, "-C", folder, "."]);
  const entries = read(archive);
  const contents = entries
    .filter((entry) => entry.kind === "file")
    .map((entry) => [Buffer.from(entry.name, "latin1").toString(), entry.content]);
  expect(Object.fromEntries(contents)).toEqual(
    Object.fromEntries(Object.entries(names).map(([name, text]) => [`./${name}`, text])),
  );
  expect(entries.find((entry) => entry.name === "./link")).toMatchObject({ kind: "symlink", linkTarget: "a/b" });
  expect(entries.find((entry) => entry.kind === "hardlink")).toMatchObject({ name: "./z-hard", linkTarget: "./a/b" });
});

it("reads the same however the bytes are split", async () => {
  const archive = await tarOf([
    { name: "a", content: "x".repeat(700) },
    { name: Buffer.from(longName).toString(), content: "y" },
    { name: "d", kind: "directory" },
    { name: "l", kind: "symlink", linkTarget: "t".repeat(200) },
  ]);
  const whole = read(archive);
  expect(whole.map((entry) => entry.kind)).toEqual(["file", "file", "directory", "symlink"]);
  for (let split = 0; split <= archive.length; split += 1) expect(read(archive, [split])).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(archive.length), { maxLength: 20 }), (splits) => {
      expect(
        read(
          archive,
          splits.sort((a, b) => a - b),
        ),
      ).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

it("takes what it wrote back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ name: fc.stringMatching(/^[a-zé/. ]{1,300}[a-z]$/), content: fc.string(), mode: fc.nat(0o777) }),
        { maxLength: 5 },
      ),
      async (recipes) => {
        fc.pre(recipes.length > 0);
        const entries = read(await tarOf(recipes));
        expect(
          entries.map(({ name, content, mode }) => ({ name: Buffer.from(name, "latin1").toString(), content, mode })),
        ).toEqual(recipes);
      },
    ),
    { numRuns: 50 },
  );
});

it("carries sizes above 8 GiB", async () => {
  const archive = await tarOf([{ name: "big", sizeBytes: 9 * 2 ** 30 }]);
  let sizeBytes = 0;
  const reader = new TarReader({
    entry(entry) {
      sizeBytes = entry.sizeBytes;
      return false;
    },
    data: () => {},
    endEntry: () => {},
  });
  reader.write(archive);
  expect(sizeBytes).toBe(9 * 2 ** 30);
});

it("never does worse than a FetchError on damaged bytes", async () => {
  const archive = await tarOf([
    { name: "a", content: "x".repeat(600) },
    { name: longName, content: "y" },
  ]);
  fc.assert(
    fc.property(fc.nat(archive.length - 1), fc.nat(255), fc.nat(archive.length), (position, byte, length) => {
      const damaged = Buffer.from(archive.subarray(0, length));
      if (position < length) damaged[position] = byte;
      expect(outcomeOf(() => read(damaged))).toMatch(/^(read|FetchError)$/);
    }),
    { numRuns: 300 },
  );
});

it("refuses an archive that stops inside an entry, and an empty one", async () => {
  const archive = await tarOf([{ name: "a", content: "x".repeat(600) }]);
  expect(() => read(archive.subarray(0, 900))).toThrow("cut off");
  expect(() => read(Buffer.alloc(0))).toThrow("empty");
});

it("refuses an extended header that wants much memory", async () => {
  const archive = await tarOf([{ name: "a", sizeBytes: 2 ** 30 }]);
  archive[156] = "x".charCodeAt(0);
  fixChecksum(archive);
  expect(() => read(archive)).toThrow("extended header");
});

it.each([
  ["3", "archive-escape"],
  ["4", "archive-escape"],
  ["6", "archive-escape"],
  ["S", "unsupported"],
  ["M", "unsupported"],
])("refuses entries of type %s", async (type, code) => {
  const archive = await tarOf([{ name: "a" }]);
  archive[156] = type.charCodeAt(0);
  fixChecksum(archive);
  expect(() => read(archive)).toThrow(expect.objectContaining({ code }));
});

function outcomeOf(act: () => void): string {
  try {
    act();
    return "read";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

function fixChecksum(archive: Buffer): void {
  archive.fill(0x20, 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
