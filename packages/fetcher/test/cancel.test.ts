import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { tarGzOf } from "./helpers/archives.ts";
import { httpServer } from "./helpers/http-server.ts";
import { tree, workspace } from "./helpers/workspace.ts";

it("leaves nothing when it is aborted in the middle of a body", async () => {
  const w = await workspace();
  const closed = Promise.withResolvers<void>();
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { "content-length": 1 << 20 });
    response.write(Buffer.alloc(200_000));
    response.on("close", () => closed.resolve());
  });
  const abort = new AbortController();
  const fetching = w.fetch([{ value: `${server.url}/f` }], {
    signal: abort.signal,
    onProgress: (event) => event.kind === "bytes" && abort.abort(),
  });
  await expect(fetching).rejects.toMatchObject({ code: "aborted" });
  await closed.promise;
  expect(await tree(w.sandbox)).toEqual([]);
});

it.each(["system", "library"] as const)("leaves nothing when it is aborted while unpacking (%s tar)", async (tar) => {
  const w = await workspace({ tar });
  const archive = path.join(w.root, "a.tgz");
  await writeFile(
    archive,
    await tarGzOf(Array.from({ length: 2000 }, (_, index) => ({ name: `d/f${index}`, content: "x" }))),
  );
  const abort = new AbortController();
  const fetching = w.fetch([{ value: archive }], {
    signal: abort.signal,
    onProgress: (event) => event.kind === "extracting" && setImmediate(() => abort.abort()),
  });
  await expect(fetching).rejects.toMatchObject({ code: "aborted" });
  expect(await tree(w.sandbox)).toEqual([]);
});

it("is aborted before it begins, between two retries and while it connects", async () => {
  const w = await workspace({ retry: { maxRetries: 5, baseDelayMs: 60_000, maxDelayMs: 60_000 } });
  await expect(w.fetch([{ value: "/etc/hostname" }], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
  const server = await httpServer((_request, response) => response.writeHead(503).end());
  const abort = new AbortController();
  const fetching = w.fetch([{ value: `${server.url}/f` }], {
    signal: abort.signal,
    onProgress: (event) => event.kind === "retrying" && abort.abort(),
  });
  await expect(fetching).rejects.toMatchObject({ code: "aborted" });
  const connecting = new AbortController();
  const blackHole = w.fetch([{ value: "http://192.0.2.1/f" }], { signal: connecting.signal });
  setImmediate(() => connecting.abort());
  await expect(blackHole).rejects.toMatchObject({ name: "FetchError" });
  expect(await tree(w.sandbox)).toEqual([]);
});

it("stops the other URIs when one fails", async () => {
  const w = await workspace();
  const endless = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = await httpServer((request, response) => {
    if (request.url === "/bad") {
      void endless.promise.then(() => response.writeHead(404).end());
      return;
    }
    response.writeHead(200, { "content-length": 1000 });
    response.write("x", () => endless.resolve());
    response.on("close", () => closed.resolve());
  });
  await expect(w.fetch([{ value: `${server.url}/slow` }, { value: `${server.url}/bad` }])).rejects.toMatchObject({
    code: "not-found",
    uri: `${server.url}/bad`,
  });
  await closed.promise;
  expect(await tree(w.sandbox)).toEqual([]);
});
