import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { tarGzOf } from "./helpers/archives.ts";
import { httpServer, serveContent } from "./helpers/http-server.ts";
import { cachedFiles, tree, workspace } from "./helpers/workspace.ts";

const sha256OfHello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

describe("the cache", () => {
  it("stays empty without `cache`, and serves the second task with it", async () => {
    const w = await workspace();
    const value = path.join(w.root, "f");
    await writeFile(value, "hello");
    await w.fetch([{ value }]);
    expect(await cachedFiles(w.cacheDirectory)).toEqual([]);
    expect(await w.fetch([{ value, cache: true }])).toMatchObject([{ fromCache: false }]);
    expect(await w.fetch([{ value, cache: true, outputFile: "sub/g" }])).toMatchObject([{ fromCache: true }]);
    expect(await readFile(path.join(w.sandbox, "sub/g"), "utf8")).toBe("hello");
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
    expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(5);
  });

  it("shares one download between URIs of one value in one task", async () => {
    const w = await workspace();
    const server = await httpServer(serveContent(() => ({ body: Buffer.from("hello"), etag: '"1"' })));
    const names = ["a", "b", "c"];
    await w.fetch(names.map((outputFile) => ({ value: `${server.url}/f`, cache: true, outputFile })));
    expect(await tree(w.sandbox)).toEqual(names);
    expect(server.requests).toHaveLength(1);
    expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(5);
  });

  it("asks the source whether an entry is still good, and takes what is new", async () => {
    const w = await workspace();
    let content = { body: Buffer.from("old"), etag: '"1"' };
    const server = await httpServer(serveContent(() => content));
    const uris = [{ value: `${server.url}/f`, cache: true }];
    await w.fetch(uris);
    expect(await w.fetch(uris)).toMatchObject([{ fromCache: true }]);
    expect(server.requests[1]?.headers["if-none-match"]).toBe('"1"');
    content = { body: Buffer.from("newer"), etag: '"2"' };
    expect(await w.fetch(uris)).toMatchObject([{ fromCache: false }]);
    expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe("newer");
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
    expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(5);
  });

  it("sees that a local file has changed", async () => {
    const w = await workspace();
    const value = path.join(w.root, "f");
    for (const text of ["old", "new"]) {
      await writeFile(value, text);
      await w.fetch([{ value, cache: true }]);
      expect(await readFile(path.join(w.sandbox, "f"), "utf8")).toBe(text);
    }
  });

  it("serves an entry when its source is down, but not when its source is gone", async () => {
    const w = await workspace();
    let status = 200;
    const server = await httpServer((_request, response) => response.writeHead(status, { etag: '"1"' }).end("x"));
    const uris = [{ value: `${server.url}/f`, cache: true }];
    await w.fetch(uris);
    status = 503;
    expect(await w.fetch(uris)).toMatchObject([{ fromCache: true }]);
    status = 404;
    await expect(w.fetch(uris)).rejects.toMatchObject({ code: "not-found" });
  });

  it("fetches again what vanished from its folder", async () => {
    const w = await workspace();
    const value = path.join(w.root, "f");
    await writeFile(value, "hello");
    await w.fetch([{ value, cache: true }]);
    for (const name of await cachedFiles(w.cacheDirectory)) await rm(path.join(w.cacheDirectory, name));
    expect(await w.fetch([{ value, cache: true }])).toMatchObject([{ fromCache: false }]);
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
  });

  it("puts only the contents of a cached archive into the sandbox", async () => {
    const w = await workspace();
    const value = path.join(w.root, "a.tgz");
    await writeFile(value, await tarGzOf([{ name: "f", content: "x" }]));
    expect(await w.fetch([{ value, cache: true }])).toMatchObject([{ file: undefined, extracted: true }]);
    expect(await tree(w.sandbox)).toEqual(["f"]);
    await w.fetch([{ value, cache: true, extract: false }]);
    expect(await tree(w.sandbox)).toEqual(["a.tgz", "f"]);
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(1);
  });

  it("keeps entries of different users apart", async () => {
    const w = await workspace();
    const server = await httpServer(serveContent(() => ({ body: Buffer.from("x"), etag: '"1"' })));
    const uris = [{ value: `${server.url}/f`, cache: true }];
    const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    for (const name of ["ann", "bob", "ann"]) await w.fetch(uris, { user: { name, ...own } });
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(2);
    expect(server.requests.map((request) => request.headers["if-none-match"])).toEqual([undefined, undefined, '"1"']);
  });

  it("fetches directly when there is no cache folder", async () => {
    const w = await workspace({ cacheDirectory: undefined });
    const value = path.join(w.root, "f");
    await writeFile(value, "hello");
    expect(await w.fetch([{ value, cache: true }])).toMatchObject([{ fromCache: false }]);
  });
});

describe("a pin", () => {
  it("is checked for every source, and stripped from the request", async () => {
    const w = await workspace();
    const server = await httpServer((_request, response) => response.end("hello"));
    const local = path.join(w.root, "f");
    await writeFile(local, "hello");
    for (const value of [`${server.url}/f`, local]) {
      for (const cache of [false, true]) {
        await w.fetch([{ value: `${value}#sha256=${sha256OfHello}`, cache }]);
        const wrong = w.fetch([{ value: `${value}#sha256=${"0".repeat(64)}`, cache, outputFile: "wrong" }]);
        await expect(wrong).rejects.toMatchObject({
          code: "checksum",
          message: expect.stringContaining(sha256OfHello),
        });
      }
    }
    expect(await tree(w.sandbox)).toEqual(["f"]);
    expect(new Set(server.requests.map((request) => request.url))).toEqual(new Set(["/f"]));
    expect(await cachedFiles(w.cacheDirectory)).toHaveLength(2);
  });

  it("makes an entry final: its source is not asked again", async () => {
    const w = await workspace();
    const server = await httpServer((_request, response) => response.end("hello"));
    const uris = [{ value: `${server.url}/f#sha256=${sha256OfHello}`, cache: true }];
    await w.fetch(uris);
    expect(await w.fetch(uris)).toMatchObject([{ fromCache: true }]);
    expect(server.requests).toHaveLength(1);
  });
});
