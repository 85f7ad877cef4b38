import { chmod, chown, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { groupsIn } from "../src/local/identity.ts";
import { tarGzOf } from "./helpers/archives.ts";
import { tree, workspace } from "./helpers/workspace.ts";

const nobody = { name: "nobody", uid: 65534, gid: 65534, groups: [] };
const isRoot = process.getuid?.() === 0;

it.runIf(isRoot)("refuses a file that the task's user may not read, by its own mode or a folder's", async () => {
  const w = await workspace();
  await writeFile(path.join(w.root, "secret"), "s", { mode: 0o600 });
  await mkdir(path.join(w.root, "closed"), { mode: 0o700 });
  await writeFile(path.join(w.root, "closed", "f"), "s", { mode: 0o644 });
  for (const name of ["secret", "closed/f"]) {
    await expect(w.fetch([{ value: path.join(w.root, name) }], { user: nobody })).rejects.toMatchObject({
      code: "permission",
    });
  }
  await expect(w.fetch([{ value: "/etc/shadow" }], { user: nobody })).rejects.toMatchObject({ code: "permission" });
  await expect(w.fetch([{ value: path.join(w.root, "none") }], { user: nobody })).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(w.fetch([{ value: w.root }], { user: nobody })).rejects.toMatchObject({ code: "unsupported" });
  await expect(w.fetch([{ value: "/dev/zero" }], { user: nobody })).rejects.toMatchObject({ code: "unsupported" });
  expect(await tree(w.sandbox)).toEqual([]);
});

it.runIf(isRoot)("does not hand a cached root-only file to another user", async () => {
  const w = await workspace();
  await writeFile(path.join(w.root, "secret"), "s", { mode: 0o600 });
  const uris = [{ value: path.join(w.root, "secret"), cache: true }];
  await w.fetch(uris);
  await expect(w.fetch(uris, { user: nobody })).rejects.toMatchObject({ code: "permission" });
});

it.runIf(isRoot)("reads through a supplementary group", async () => {
  const w = await workspace();
  const file = path.join(w.root, "grouped");
  await writeFile(file, "g");
  await chown(file, 0, 54321);
  await chmod(file, 0o640);
  await expect(w.fetch([{ value: file }], { user: nobody })).rejects.toMatchObject({ code: "permission" });
  await w.fetch([{ value: file }], { user: { ...nobody, groups: [54321] } });
  expect(await tree(w.sandbox)).toEqual(["grouped"]);
});

it.runIf(isRoot).each(["system", "library"] as const)(
  "gives the task's user everything it makes (%s tar)",
  async (tar) => {
    const w = await workspace({ tar });
    const archive = path.join(w.root, "a.tar.gz");
    await writeFile(
      archive,
      await tarGzOf([
        { name: "top/inner/f", content: "x", mode: 0o751 },
        { name: "top/setuid", content: "x", mode: 0o6777 },
        { name: "top/link", kind: "symlink", linkTarget: "inner/f" },
        { name: "top/hard", kind: "hardlink", linkTarget: "top/inner/f" },
      ]),
    );
    const plain = path.join(w.root, "plain");
    await writeFile(plain, "x");
    await w.fetch(
      [
        { value: archive },
        { value: plain, outputFile: "made/by/us" },
        { value: plain, cache: true, outputFile: "cached" },
      ],
      {
        user: nobody,
      },
    );
    const names = await tree(w.sandbox);
    expect(names).toEqual([
      "a.tar.gz",
      "cached",
      "made",
      "made/by",
      "made/by/us",
      "top",
      "top/hard",
      "top/inner",
      "top/inner/f",
      "top/link",
      "top/setuid",
    ]);
    for (const name of names) {
      const stats = await stat(path.join(w.sandbox, name));
      expect([name, stats.uid, stats.gid]).toEqual([name, 65534, 65534]);
    }
    expect((await stat(path.join(w.sandbox, "top/inner/f"))).mode & 0o7777).toBe(0o751);
    expect((await stat(path.join(w.sandbox, "top/setuid"))).mode & 0o7777).toBe(0o755);
  },
);

it("reads the groups of a user from /etc/group", () => {
  const text = "root:x:0:\nwheel:x:10:ann,bob\nlog:x:20:bob\nbad\nx:x:y:bob\n";
  expect(groupsIn(text, "bob")).toEqual([10, 20]);
  expect(groupsIn(text, "an")).toEqual([]);
});
