import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { Directory } from "../src/fs/directory.ts";
import { tarGzOf } from "./helpers/archives.ts";
import { codeOf, temporaryFolder, tree, workspace } from "./helpers/workspace.ts";

it("does not write through a link that is planted while it fetches", async () => {
  const w = await workspace();
  const outside = path.join(w.root, "outside");
  await mkdir(outside);
  await writeFile(path.join(w.root, "f"), "x");
  await writeFile(path.join(w.root, "a.tgz"), await tarGzOf([{ name: "d/inner", content: "x" }]));
  const plant = (name: string) => (event: { kind: string }) => {
    if (event.kind === "fetched") symlinkSync(outside, path.join(w.sandbox, name));
  };
  const uris = [{ value: path.join(w.root, "f"), outputFile: "sub/f" }];
  expect(await codeOf(w.fetch(uris, { onProgress: plant("sub") }))).toBe("sandbox-escape");
  await w.fetch([{ value: path.join(w.root, "a.tgz") }], { onProgress: plant("d") });
  expect(await tree(outside)).toEqual([]);
});

it("holds on to its folder when that is renamed and a link is put in its place", async () => {
  const root = await temporaryFolder();
  await mkdir(path.join(root, "sandbox"));
  await mkdir(path.join(root, "outside"));
  await using sandbox = await Directory.open(path.join(root, "sandbox"));
  await rename(path.join(root, "sandbox"), path.join(root, "moved"));
  await symlink("outside", path.join(root, "sandbox"));
  const file = await sandbox.createFile("f");
  await file.close();
  await using made = await sandbox.makeDirectory("d", 0o755, undefined);
  await (await made.createFile("g")).close();
  expect(await tree(path.join(root, "moved"))).toEqual(["d", "d/g", "f"]);
  expect(await tree(path.join(root, "outside"))).toEqual([]);
});

it("takes plain names only, and opens no link", async () => {
  const root = await temporaryFolder();
  await symlink("/", path.join(root, "link"));
  await using folder = await Directory.open(root);
  for (const name of ["", ".", "..", "a/b", "a\0"]) expect(() => folder.child(name)).toThrow("not a plain file name");
  expect(await codeOf(folder.openDirectory("link"))).toBe("sandbox-escape");
  await expect(folder.openFile("link")).rejects.toMatchObject({ code: expect.stringMatching(/ELOOP|EISDIR/) });
  await folder.remove("link");
  await rm(root, { recursive: true });
});
