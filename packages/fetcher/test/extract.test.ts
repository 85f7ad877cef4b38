import { execFileSync } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { folderOf, systemTar, tarGzOf, tarOf } from "./helpers/archives.ts";
import { temporaryFolder, tree, workspace } from "./helpers/workspace.ts";
import { zipOf } from "./helpers/zip-writer.ts";

describe.each(["system", "library"] as const)("extraction with the %s tar", (tar) => {
  it.each([
    ["a.tar", "-cf"],
    ["a.tgz", "-czf"],
    ["a.tar.gz", "-czf"],
    ["a.tbz2", "-cjf"],
    ["a.tar.bz2", "-cjf"],
    ["a.txz", "-cJf"],
    ["a.tar.xz", "-cJf"],
    ["plain-tar-named.tar.gz", "-cf"],
    ["gzip-named.zip", "-czf"],
  ])("unpacks %s (tar %s) into the sandbox and keeps the archive", async (name, flags) => {
    const w = await workspace({ tar });
    const folder = await folderOf(await temporaryFolder(), { "x/hello": "hello", "x/größe": "ö", top: "t" });
    await systemTar(folder, flags, path.join(w.root, name), "x", "top");
    const [fetched] = await w.fetch([{ value: path.join(w.root, name) }]);
    expect(fetched).toMatchObject({ extracted: true, file: path.join(w.sandbox, name) });
    expect(await tree(w.sandbox)).toEqual([name, "top", "x", "x/größe", "x/hello"].sort());
    expect(await readFile(path.join(w.sandbox, "x/hello"), "utf8")).toBe("hello");
    expect((await stat(path.join(w.sandbox, "x/hello"))).mode & 0o111).toBe(0);
  });

  it("restores times and modes, long names and empty folders", async () => {
    const w = await workspace({ tar });
    const name = `${"n".repeat(120)}/${"m".repeat(120)}`;
    await writeFile(
      path.join(w.root, "a.tgz"),
      await tarGzOf([
        { name, content: "x", mode: 0o750, modified: 1_234_567 },
        { name: "empty", kind: "directory", mode: 0o555 },
      ]),
    );
    await w.fetch([{ value: path.join(w.root, "a.tgz") }]);
    const stats = await stat(path.join(w.sandbox, name));
    expect([stats.mode & 0o777, stats.mtimeMs]).toEqual([0o750, 1_234_567_000]);
    expect((await stat(path.join(w.sandbox, "empty"))).mode & 0o777).toBe(0o755);
  });

  it("lets the last of repeated names win, and joins folders with those that are there", async () => {
    const w = await workspace({ tar });
    await folderOf(w.sandbox, { "d/old": "old", "d/both": "old" });
    await writeFile(
      path.join(w.root, "a.tgz"),
      await tarGzOf([
        { name: "d/both", content: "1" },
        { name: "d/both", content: "2" },
      ]),
    );
    await w.fetch([{ value: path.join(w.root, "a.tgz") }]);
    expect(await readFile(path.join(w.sandbox, "d/both"), "utf8")).toBe("2");
    expect(await readFile(path.join(w.sandbox, "d/old"), "utf8")).toBe("old");
  });

  it("lets the later of two archives win, in the order of the URIs", async () => {
    const w = await workspace({ tar });
    await writeFile(path.join(w.root, "one.tgz"), await tarGzOf([{ name: "f", content: "x".repeat(100_000) }]));
    await writeFile(path.join(w.root, "two.tgz"), await tarGzOf([{ name: "f", content: "two" }]));
    await w.fetch([{ value: path.join(w.root, "one.tgz") }, { value: path.join(w.root, "two.tgz") }]);
    expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("two");
  });

  it("unpacks a zip with modes, links, folders and repeated entries", async () => {
    const w = await workspace({ tar });
    const zip = zipOf([
      { name: "hello", content: "hello", mode: 0o100755 },
      { name: "d/", content: "", mode: 0o040755 },
      { name: "d/link", content: "../hello", mode: 0o120777 },
      { name: "A", content: "1" },
      { name: "A", content: "2" },
    ]);
    await writeFile(path.join(w.root, "a.zip"), zip);
    await w.fetch([{ value: path.join(w.root, "a.zip") }]);
    expect(await tree(w.sandbox)).toEqual(["A", "a.zip", "d", "d/link", "hello"]);
    expect(await readFile(path.join(w.sandbox, "A"), "utf8")).toBe("2");
    expect(await readFile(path.join(w.sandbox, "d/link"), "utf8")).toBe("hello");
    expect((await stat(path.join(w.sandbox, "hello"))).mode & 0o777).toBe(0o755);
  });
});

describe("single files and faults", () => {
  it("expands a .gz beside it, over a longer file, cached under the same name", async () => {
    const w = await workspace();
    const source = path.join(w.root, "hello.txt.gz");
    await writeFile(source, Buffer.concat([gzipSync("hello "), gzipSync("members")]));
    await writeFile(path.join(w.sandbox, "hello.txt"), "a much longer text that was there before");
    await w.fetch([{ value: source }, { value: source, outputFile: "sub/custom.gz" }]);
    expect(await readFile(path.join(w.sandbox, "hello.txt"), "utf8")).toBe("hello members");
    expect(await tree(w.sandbox)).toEqual(["custom", "hello.txt", "hello.txt.gz", "sub", "sub/custom.gz"]);
    const second = await w.newSandbox("second");
    await w.fetch([{ value: source, cache: true }], { sandboxDirectory: second });
    expect(await tree(second)).toEqual(["hello.txt"]);
  });

  it("leaves a file without such an extension as it is", async () => {
    const w = await workspace();
    await writeFile(path.join(w.root, "a.bin"), await tarOf([{ name: "f" }]));
    expect(await w.fetch([{ value: path.join(w.root, "a.bin") }])).toMatchObject([{ extracted: false }]);
    expect(await tree(w.sandbox)).toEqual(["a.bin"]);
  });

  it("decides by output_file alike with and without the cache", async () => {
    const w = await workspace();
    await writeFile(path.join(w.root, "download"), await tarGzOf([{ name: "f", content: "x" }]));
    for (const cache of [false, true]) {
      const sandboxDirectory = await w.newSandbox(`cache-${cache}`);
      await w.fetch([{ value: path.join(w.root, "download"), outputFile: "x.tar.gz", cache }], { sandboxDirectory });
      expect(await tree(sandboxDirectory)).toEqual(cache ? ["f"] : ["f", "x.tar.gz"]);
    }
  });

  it.each([
    ["bad-crc.zip", async () => zipOf([{ name: "f", content: "x", crc: 1 }])],
    ["cut.zip", async () => zipOf([{ name: "f", content: "x" }]).subarray(0, 50)],
    ["no-archive.tar", async () => Buffer.alloc(2048, 7)],
    ["empty.tgz", async () => Buffer.alloc(0)],
    ["cut.tgz", async () => (await tarGzOf([{ name: "f", content: "x".repeat(5000) }])).subarray(0, 60)],
    ["inner.tgz", async () => gzipSync("no tar in here, only text")],
    ["text.gz", async () => Buffer.from("no gzip")],
    ["cut.tar", async () => (await tarOf([{ name: "f", content: "x".repeat(5000) }])).subarray(0, 1500)],
    ["cut.txz", async () => execFileSync("xz", ["-c"], { input: Buffer.alloc(100_000, "abc") }).subarray(0, 60)],
    ["missing-target.tar", async () => tarOf([{ name: "h", kind: "hardlink", linkTarget: "none" }])],
  ])("refuses the damaged %s and leaves nothing", async (name, make) => {
    for (const tar of ["system", "library"] as const) {
      const w = await workspace({ tar });
      await writeFile(path.join(w.root, name), await make());
      await expect(w.fetch([{ value: path.join(w.root, name) }])).rejects.toMatchObject({
        code: "archive-damaged",
        uri: path.join(w.root, name),
      });
      expect(await tree(w.sandbox)).toEqual([]);
    }
  });
});
