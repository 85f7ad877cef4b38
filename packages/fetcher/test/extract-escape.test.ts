import { lstat, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type EntryRecipe, tarGzOf } from "./helpers/archives.ts";
import { tree, workspace } from "./helpers/workspace.ts";
import { zipOf } from "./helpers/zip-writer.ts";

describe("an archive that would write outside", () => {
  it.each<[string, EntryRecipe[]]>([
    ["`..`", [{ name: "../escaped", content: "x" }]],
    ["an absolute name", [{ name: "/tmp/berth-test-fetcher-escaped", content: "x" }]],
    [
      "a link out",
      [
        { name: "l", kind: "symlink", linkTarget: ".." },
        { name: "l/escaped", content: "x" },
      ],
    ],
    [
      "a link chain",
      [
        { name: "x", kind: "symlink", linkTarget: "." },
        { name: "y", kind: "symlink", linkTarget: "x/x/../.." },
      ],
    ],
    ["a hard link out", [{ name: "h", kind: "hardlink", linkTarget: "../../etc/passwd" }]],
  ])("is refused: %s", async (_what, recipes) => {
    for (const tar of ["system", "library"] as const) {
      const w = await workspace({ tar });
      await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "innocent", content: "x" }, ...recipes]));
      for (const cache of [false, true]) {
        await expect(w.fetch([{ value: path.join(w.root, "a.tgz"), cache }])).rejects.toMatchObject({
          code: "archive-escape",
        });
      }
      expect(await tree(w.sandbox)).toEqual([]);
      expect(await tree(w.root)).not.toContain("escaped");
    }
  });

  it.each([
    ["`..`", { name: "../escaped", content: "x" }],
    ["backslashes", { name: "..\\escaped", content: "x" }],
    ["an absolute name", { name: "/escaped", content: "x" }],
    ["a link out", { name: "l", content: "../..", mode: 0o120777 }],
    ["a device", { name: "dev", content: "", mode: 0o060666 }],
  ])("is refused as a zip: %s", async (_what, recipe) => {
    const w = await workspace();
    await writeFile(path.join(w.root, "a.zip"), zipOf([{ name: "innocent", content: "x" }, recipe]));
    await expect(w.fetch([{ value: path.join(w.root, "a.zip") }])).rejects.toMatchObject({ code: "archive-escape" });
    expect(await tree(w.sandbox)).toEqual([]);
  });
});

describe("links that lie in the sandbox already", () => {
  it("are not followed on the way to output_file", async () => {
    const w = await workspace();
    await mkdir(path.join(w.root, "outside"));
    await symlink("../outside", path.join(w.sandbox, "sub"));
    await writeFile(path.join(w.root, "f"), "x");
    await expect(w.fetch([{ value: path.join(w.root, "f"), outputFile: "sub/f" }])).rejects.toMatchObject({
      code: "sandbox-escape",
    });
    await expect(w.fetch([{ value: path.join(w.root, "f"), outputFile: "sub/deeper/f" }])).rejects.toMatchObject({
      code: "sandbox-escape",
    });
    expect(await tree(path.join(w.root, "outside"))).toEqual([]);
  });

  it("are replaced by what has their name, not written through", async () => {
    const w = await workspace();
    await writeFile(path.join(w.root, "victim"), "untouched");
    await mkdir(path.join(w.root, "outside"));
    await symlink("../victim", path.join(w.sandbox, "f"));
    await symlink("../outside", path.join(w.sandbox, "d"));
    await writeFile(path.join(w.root, "f"), "new");
    await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "d/inner", content: "x" }]));
    await w.fetch([{ value: path.join(w.root, "f") }, { value: path.join(w.root, "a.tgz") }]);
    expect(await readFile(path.join(w.root, "victim"), "utf8")).toBe("untouched");
    expect(await tree(path.join(w.root, "outside"))).toEqual([]);
    expect((await lstat(path.join(w.sandbox, "d"))).isDirectory()).toBe(true);
    expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("new");
  });

  it("make a sandbox that is itself a link unusable", async () => {
    const w = await workspace();
    await symlink(w.sandbox, path.join(w.root, "link"));
    await writeFile(path.join(w.root, "f"), "x");
    const failure = w.fetch([{ value: path.join(w.root, "f") }], { sandboxDirectory: path.join(w.root, "link") });
    await expect(failure).rejects.toMatchObject({ code: "sandbox-escape" });
    expect(await tree(w.sandbox)).toEqual([]);
  });
});

it("takes back what it placed when a later file cannot be placed", async () => {
  const w = await workspace();
  await writeFile(path.join(w.root, "f"), "x");
  await mkdir(path.join(w.sandbox, "taken"));
  await writeFile(path.join(w.sandbox, "taken", "by-another"), "");
  await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "tree/x" }]));
  const uris = [
    { value: path.join(w.root, "f"), outputFile: "new/folder/f" },
    { value: path.join(w.root, "a.tgz") },
    { value: path.join(w.root, "f"), outputFile: "taken" },
  ];
  await expect(w.fetch(uris)).rejects.toMatchObject({ code: "conflict" });
  expect(await tree(w.sandbox)).toEqual(["taken", "taken/by-another"]);
});
