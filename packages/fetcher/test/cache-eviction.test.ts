import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { httpServer } from "./helpers/http-server.ts";
import { cachedFiles, type Workspace, workspace } from "./helpers/workspace.ts";

async function files(
  w: Workspace,
  sizes: Readonly<Record<string, number>>,
): Promise<(name: string) => Promise<boolean>> {
  for (const [name, size] of Object.entries(sizes)) await writeFile(path.join(w.root, name), "x".repeat(size));
  return async (name) => {
    const [fetched] = await w.fetch([{ value: path.join(w.root, name), cache: true }]);
    return fetched?.fromCache === true;
  };
}

it("never holds more than its limit", async () => {
  const w = await workspace({ cacheSizeBytes: 200 });
  const use = await files(w, { a: 100, b: 100, c: 100, d: 100 });
  const counts: number[] = [];
  for (const name of ["a", "b", "c", "d"]) {
    await use(name);
    counts.push((await cachedFiles(w.cacheDirectory)).length);
  }
  expect(counts).toEqual([1, 2, 2, 2]);
  expect(w.fetcher.metrics()).toMatchObject({ cacheSizeTotalBytes: 200, cacheSizeUsedBytes: 200 });
});

it("evicts the least recently used", async () => {
  const w = await workspace({ cacheSizeBytes: 200 });
  const use = await files(w, { a: 100, b: 100, c: 100 });
  for (const name of ["a", "b", "a", "c"]) await use(name);
  expect([await use("a"), await use("c")]).toEqual([true, true]);
  expect(await use("b")).toBe(false);
});

it("fetches directly what can never fit, and keeps what is there", async () => {
  const w = await workspace({ cacheSizeBytes: 110 });
  const use = await files(w, { small: 100, exact: 110, large: 111 });
  await use("small");
  await use("exact");
  expect(await use("large")).toBe(false);
  expect(await use("exact")).toBe(true);
  expect(w.fetcher.metrics()).toMatchObject({ cacheSizeUsedBytes: 110, taskFetchesFailed: 0 });
});

it("claims room as it grows when the size is not known before", async () => {
  const w = await workspace({ cacheSizeBytes: 1000 });
  const server = await httpServer((request, response) => {
    response.write("x".repeat(400), () => response.end("x".repeat(request.url === "/fits" ? 500 : 700)));
  });
  await w.fetch([{ value: `${server.url}/fits`, cache: true }]);
  expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(900);
  await w.fetch([{ value: `${server.url}/larger`, cache: true }]);
  expect(await cachedFiles(w.cacheDirectory)).toEqual([]);
  expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(0);
});

it("does not evict what is in use", async () => {
  const w = await workspace({ cacheSizeBytes: 150 });
  const server = await httpServer((request, response) => {
    if (request.url === "/held") {
      response.writeHead(200, { "content-length": 100 });
      response.write("x".repeat(99));
      held.resolve(() => response.end("x"));
    } else response.end("y".repeat(100));
  });
  const held = Promise.withResolvers<() => void>();
  const first = w.fetch([{ value: `${server.url}/held`, cache: true }]);
  const finish = await held.promise;
  expect(await w.fetch([{ value: `${server.url}/other`, cache: true }])).toMatchObject([{ fromCache: false }]);
  finish();
  await first;
  expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(100);
  expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
});
