import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { tree, workspace } from "./helpers/workspace.ts";

it("copies by file URI, localhost URI and absolute path; counters count tasks", async () => {
  const w = await workspace();
  const source = path.join(w.root, "some file");
  await writeFile(source, "hello");
  const fetched = await w.fetch([
    { value: `file://${source}`, outputFile: "a" },
    { value: `file://localhost${source}`, outputFile: "b" },
    { value: source },
  ]);
  expect(await tree(w.sandbox)).toEqual(["a", "b", "some file"]);
  expect(await readFile(path.join(w.sandbox, "b"), "utf8")).toBe("hello");
  expect(fetched[2]).toMatchObject({
    file: path.join(w.sandbox, "some file"),
    sizeBytes: 5,
    fromCache: false,
    extracted: false,
  });
  expect(w.fetcher.metrics()).toMatchObject({ taskFetchesSucceeded: 1, taskFetchesFailed: 0 });
});

it("has execute bits exactly when `executable` is set", async () => {
  const w = await workspace();
  const source = path.join(w.root, "prog.tar.gz");
  await writeFile(source, "#!/bin/sh\n", { mode: 0o777 });
  await w.fetch([
    { value: source, extract: false, outputFile: "plain" },
    { value: source, executable: true, outputFile: "program.tar.gz" },
  ]);
  expect((await stat(path.join(w.sandbox, "plain"))).mode & 0o777).toBe(0o644);
  expect((await stat(path.join(w.sandbox, "program.tar.gz"))).mode & 0o777).toBe(0o755);
});

it("makes the folders of output_file, and leaves no trace when it is refused", async () => {
  const w = await workspace();
  const source = path.join(w.root, "f");
  await writeFile(source, "x");
  await expect(w.fetch([{ value: source, outputFile: "/subdir/custom" }])).rejects.toMatchObject({
    code: "invalid-uri",
  });
  await expect(w.fetch([{ value: source, outputFile: "subdir/../../custom" }])).rejects.toMatchObject({
    code: "invalid-uri",
  });
  expect(await tree(w.sandbox)).toEqual([]);
  await w.fetch([{ value: source, outputFile: "sub/dir/custom" }]);
  expect(await tree(w.sandbox)).toEqual(["sub", "sub/dir", "sub/dir/custom"]);
  expect(w.fetcher.metrics()).toMatchObject({ taskFetchesSucceeded: 1, taskFetchesFailed: 2 });
});

it("finds relative URIs below the frameworks home only", async () => {
  const w = await workspace();
  await mkdir(path.join(w.root, "home"));
  await writeFile(path.join(w.root, "home", "f"), "x");
  await expect(w.fetch([{ value: "f" }])).rejects.toMatchObject({ code: "invalid-uri" });
  await expect(w.fetch([{ value: "../f" }], { frameworksHome: path.join(w.root, "home") })).rejects.toMatchObject({
    code: "invalid-uri",
  });
  await w.fetch([{ value: "f" }], { frameworksHome: path.join(w.root, "home") });
  expect(await tree(w.sandbox)).toEqual(["f"]);
});

it("replaces a longer file whole", async () => {
  const w = await workspace();
  const source = path.join(w.root, "f");
  await writeFile(path.join(w.sandbox, "f"), "a long old content");
  await writeFile(source, "new");
  await w.fetch([{ value: source }]);
  expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("new");
});

it("refuses what is missing or no regular file, and leaves nothing of the other URIs either", async () => {
  const w = await workspace();
  const good = path.join(w.root, "good");
  await writeFile(good, "x");
  execFileSync("mkfifo", [path.join(w.root, "pipe")]);
  await expect(w.fetch([{ value: good }, { value: path.join(w.root, "missing") }])).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("Failed to fetch"),
  });
  await expect(w.fetch([{ value: w.root }])).rejects.toMatchObject({ code: "unsupported" });
  await expect(w.fetch([{ value: path.join(w.root, "pipe") }])).rejects.toMatchObject({ code: "unsupported" });
  await expect(w.fetch([{ value: "/dev/zero" }])).rejects.toMatchObject({ code: "unsupported" });
  expect(await tree(w.sandbox)).toEqual([]);
});

it("succeeds without URIs", async () => {
  const w = await workspace();
  expect(await w.fetch([])).toEqual([]);
  expect(w.fetcher.metrics().taskFetchesSucceeded).toBe(1);
});

it("says beforehand what it would refuse", async () => {
  const w = await workspace();
  const faults = w.fetcher.validate([{ value: "/ok" }, { value: "lala://nopath" }, { value: "/other/ok" }]);
  expect(faults).toMatchObject([
    { index: 1, message: expect.stringContaining("Malformed") },
    { index: 2, message: expect.stringContaining("same target") },
  ]);
});
