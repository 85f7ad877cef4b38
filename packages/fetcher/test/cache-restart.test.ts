import { appendFile, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { httpServer, serveContent } from "./helpers/http-server.ts";
import { cachedFiles, workspace } from "./helpers/workspace.ts";

async function filled(names: readonly string[]) {
  const w = await workspace();
  const server = await httpServer(serveContent(() => ({ body: Buffer.from("hello"), etag: '"1"' })));
  for (const name of names) await w.fetch([{ value: `${server.url}/${name}`, cache: true }]);
  await w.fetcher.close();
  const restarted = await workspace({ cacheDirectory: w.cacheDirectory });
  const fromCache = async (name: string) => {
    const [fetched] = await restarted.fetch([{ value: `${server.url}/${name}`, cache: true }]);
    expect(await readFile(path.join(restarted.sandbox, name), "utf8")).toBe("hello");
    return fetched?.fromCache;
  };
  return { folder: w.cacheDirectory, server, restarted, fromCache };
}

async function records(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".json"));
}

it("serves what it held before a restart", async () => {
  const { restarted, fromCache, server } = await filled(["a", "b"]);
  expect([await fromCache("a"), await fromCache("b")]).toEqual([true, true]);
  expect(restarted.fetcher.metrics().cacheSizeUsedBytes).toBe(10);
  expect(server.requests[2]?.headers["if-none-match"]).toBe('"1"');
});

it.each(["{", "", "null", '{"version":1}', '{"version":1,"key":"../../etc","fileName":"x"}'])(
  "loses only the entry whose record is damaged: %j",
  async (text) => {
    const { folder, restarted, fromCache } = await filled(["a", "b"]);
    const [first] = await records(folder);
    await writeFile(path.join(folder, first ?? ""), text);
    const answers = [await fromCache("a"), await fromCache("b")];
    expect(answers.filter((answer) => answer === true)).toHaveLength(1);
    expect(await cachedFiles(folder)).toHaveLength(2);
    expect(restarted.fetcher.metrics().cacheSizeUsedBytes).toBe(10);
  },
);

it("loses only the entry whose file was cut, grew, or has other bytes of the same length", async () => {
  const { folder, fromCache } = await filled(["a", "b", "c", "d"]);
  const [cut, grown, changed] = await cachedFiles(folder);
  await truncate(path.join(folder, cut ?? ""), 3);
  await appendFile(path.join(folder, grown ?? ""), "x");
  await writeFile(path.join(folder, changed ?? ""), "jello");
  const answers = [await fromCache("a"), await fromCache("b"), await fromCache("c"), await fromCache("d")];
  expect(answers.filter((answer) => answer === true)).toHaveLength(1);
  expect(await cachedFiles(folder)).toHaveLength(4);
});

it("removes what a fetcher that died left behind, and nothing else", async () => {
  const { folder, fromCache } = await filled(["a"]);
  const dead = "4194304";
  await writeFile(path.join(folder, `file-${dead}-0123456789abcdef`), "partial");
  await writeFile(path.join(folder, `record-${dead}-0123456789abcdef`), "partial");
  await writeFile(path.join(folder, `file-1-0123456789abcdef`), "of a process that lives");
  await writeFile(path.join(folder, "somebody's"), "x");
  expect(await fromCache("a")).toBe(true);
  const names = await readdir(folder);
  expect(names.filter((name) => name.includes(dead))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining(["file-1-0123456789abcdef", "somebody's"]));
});

it("keeps the order of use over a restart, and a lowered limit", async () => {
  const w = await workspace();
  const server = await httpServer(serveContent(() => ({ body: Buffer.from("hello"), etag: '"1"' })));
  const use = (name: string) => w.fetch([{ value: `${server.url}/${name}`, cache: true }]);
  for (const name of ["a", "b", "c", "a"]) await use(name);
  await w.fetcher.close();
  const restarted = await workspace({ cacheDirectory: w.cacheDirectory, cacheSizeBytes: 10 });
  const again = async (name: string) =>
    (await restarted.fetch([{ value: `${server.url}/${name}`, cache: true }]))[0]?.fromCache;
  expect(await again("a")).toBe(true);
  expect(await again("c")).toBe(true);
  expect(await again("b")).toBe(false);
});
