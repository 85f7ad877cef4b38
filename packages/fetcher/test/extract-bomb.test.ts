import { writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import type { ArchiveLimits } from "../src/index.ts";
import { tarGzOf, tarOf } from "./helpers/archives.ts";
import { tree, workspace } from "./helpers/workspace.ts";
import { zipOf } from "./helpers/zip-writer.ts";

const zeros = Buffer.alloc(2 << 20);

it.each<[string, Partial<ArchiveLimits>, () => Promise<Buffer> | Buffer]>([
  ["size.tgz", { maxExtractedBytes: 1 << 20 }, () => tarGzOf([{ name: "f", content: zeros }])],
  ["declared.tar", {}, () => tarOf([{ name: "f", sizeBytes: 2 ** 45 }])],
  ["entries.tgz", { maxEntries: 10 }, () => tarGzOf(Array.from({ length: 11 }, (_, index) => ({ name: `f${index}` })))],
  ["ratio.tgz", {}, () => tarGzOf([{ name: "f", content: Buffer.alloc(80 << 20) }])],
  [
    "after-the-end.tgz",
    { maxExtractedBytes: 1 << 20 },
    async () => gzipSync(Buffer.concat([await tarOf([{ name: "f" }]), zeros])),
  ],
  ["size.zip", { maxExtractedBytes: 1 << 20 }, () => zipOf([{ name: "f", content: zeros }])],
  [
    "entries.zip",
    { maxEntries: 1 },
    () =>
      zipOf([
        { name: "a", content: "" },
        { name: "b", content: "" },
      ]),
  ],
  ["size.gz", { maxExtractedBytes: 1 << 20 }, () => gzipSync(zeros)],
  ["ratio.gz", {}, () => gzipSync(Buffer.alloc(80 << 20))],
])("the bomb %s is refused, and nothing stays", async (name, archive, make) => {
  const w = await workspace({ archive });
  await writeFile(path.join(w.root, name), await make());
  await expect(w.fetch([{ value: path.join(w.root, name) }])).rejects.toMatchObject({ code: "archive-bomb" });
  expect(await tree(w.sandbox)).toEqual([]);
});

it("lets an archive of many zeros pass while it is small", async () => {
  const w = await workspace();
  await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "f", content: zeros }]));
  await w.fetch([{ value: path.join(w.root, "a.tgz") }]);
  expect(await tree(w.sandbox)).toEqual(["a.tgz", "f"]);
});
