import { expect, it } from "vitest";
import { httpServer } from "./helpers/http-server.ts";
import { cachedFiles, codeOf, tree, workspace } from "./helpers/workspace.ts";

const total = 2000;

/** A server that sends half of the body, and the rest when told. */
async function halfServer() {
  const half = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { "content-length": total, etag: '"1"' });
    response.write("x".repeat(total / 2), () => half.resolve());
    response.on("close", () => closed.resolve());
    void rest.promise.then(() => response.end("x".repeat(total / 2)));
  });
  return { server, half: half.promise, finish: () => rest.resolve(), closed: closed.promise };
}

it("downloads once for fifty tasks at the same time", async () => {
  const w = await workspace();
  const { server, half, finish } = await halfServer();
  const value = `${server.url}/f`;
  const sandboxes = await Promise.all(Array.from({ length: 50 }, (_, index) => w.newSandbox(`s${index}`)));
  const fetches = sandboxes.map((sandboxDirectory) => w.fetch([{ value, cache: true }], { sandboxDirectory }));
  await half;
  finish();
  const results = await Promise.all(fetches);
  expect(results.filter(([one]) => one?.fromCache === false)).toHaveLength(1);
  expect(server.requests).toHaveLength(1);
  expect(w.progress.some((event) => event.kind === "waiting")).toBe(true);
  for (const sandbox of sandboxes) expect(await tree(sandbox)).toEqual(["f"]);
});

it("lets one waiter leave, also the first, without harm to the others", async () => {
  const w = await workspace();
  const { server, half, finish } = await halfServer();
  const uris = [{ value: `${server.url}/f`, cache: true }];
  const leaving = new AbortController();
  const first = w.fetch(uris, { signal: leaving.signal });
  await half;
  const waiting = Promise.withResolvers<void>();
  const second = w.fetch(uris, {
    sandboxDirectory: await w.newSandbox("second"),
    onProgress: (event) => event.kind === "waiting" && waiting.resolve(),
  });
  await waiting.promise;
  leaving.abort();
  await expect(first).rejects.toMatchObject({ code: "aborted" });
  finish();
  await second;
  expect(server.requests).toHaveLength(1);
  expect(await tree(w.sandbox)).toEqual([]);
});

it("cancels the download when the last waiter leaves, and leaves no file", async () => {
  const w = await workspace();
  const { server, half, closed } = await halfServer();
  const leaving = new AbortController();
  const fetching = w.fetch([{ value: `${server.url}/f`, cache: true }], { signal: leaving.signal });
  await half;
  leaving.abort();
  await expect(fetching).rejects.toMatchObject({ code: "aborted" });
  await closed;
  expect(await cachedFiles(w.cacheDirectory)).toEqual([]);
  expect(w.fetcher.metrics().cacheSizeUsedBytes).toBe(0);
  expect(await tree(w.sandbox)).toEqual([]);
});

it("begins anew for a task that comes after the cancel", async () => {
  const w = await workspace();
  const { server, half, finish } = await halfServer();
  const uris = [{ value: `${server.url}/f`, cache: true }];
  const leaving = new AbortController();
  const first = w.fetch(uris, { signal: leaving.signal });
  await half;
  const sandboxDirectory = await w.newSandbox("second");
  const rejected = codeOf(first);
  leaving.abort();
  const second = w.fetch(uris, { sandboxDirectory });
  finish();
  expect(await rejected).toBe("aborted");
  expect(await second).toMatchObject([{ sizeBytes: total }]);
});

it("fails for all who wait when the download fails", async () => {
  const w = await workspace();
  const asked = Promise.withResolvers<() => void>();
  const server = await httpServer((_request, response) => asked.resolve(() => response.writeHead(404).end()));
  const uris = [{ value: `${server.url}/f`, cache: true }];
  const first = w.fetch(uris);
  const answer = await asked.promise;
  const waiting = Promise.withResolvers<void>();
  const second = w.fetch(uris, {
    sandboxDirectory: await w.newSandbox("second"),
    onProgress: (event) => event.kind === "waiting" && waiting.resolve(),
  });
  await waiting.promise;
  const codes = Promise.all([codeOf(first), codeOf(second)]);
  answer();
  expect(await codes).toEqual(["not-found", "not-found"]);
  expect(w.fetcher.metrics()).toMatchObject({ taskFetchesFailed: 2, cacheSizeUsedBytes: 0 });
});

it("ends what is under way when it closes", async () => {
  const w = await workspace();
  const { server, half } = await halfServer();
  const fetching = w.fetch([{ value: `${server.url}/f`, cache: true }, { value: `${server.url}/g` }]);
  const rejected = codeOf(fetching);
  await half;
  await w.fetcher.close();
  expect(await rejected).toBe("closed");
  await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({ code: "closed" });
  expect(await tree(w.sandbox)).toEqual([]);
  expect(await cachedFiles(w.cacheDirectory)).toEqual([]);
});
