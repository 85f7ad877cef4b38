import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { httpServer, serveContent } from "./helpers/http-server.ts";
import { tree, workspace } from "./helpers/workspace.ts";

const body = Buffer.from("some bytes");

it("fails when the server never answers", async () => {
  const w = await workspace({ stallTimeoutMs: 200 });
  const server = await httpServer(() => {});
  await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({ code: "stalled", receivedBytes: 0 });
  expect(server.requests).toHaveLength(1);
  expect(await tree(w.sandbox)).toEqual([]);
});

it("fails when the body stops, after one more try that brings nothing", async () => {
  const w = await workspace({ stallTimeoutMs: 200 });
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { "content-length": 100, etag: '"1"' });
    response.write(body);
  });
  await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({
    code: "stalled",
    receivedBytes: body.length,
    message: expect.stringContaining("10 of 100 bytes"),
  });
  expect(server.requests).toHaveLength(2);
  expect(await tree(w.sandbox)).toEqual([]);
});

it("continues on a new connection when the first stalls", async () => {
  const w = await workspace({ stallTimeoutMs: 200 });
  const serve = serveContent(() => ({ body, etag: '"1"' }));
  const server = await httpServer((request, response) => {
    if (server.requests.length > 1) return serve(request, response);
    response.writeHead(200, { "content-length": body.length, etag: '"1"' });
    response.write(body.subarray(0, 4));
    return undefined;
  });
  await w.fetch([{ value: `${server.url}/f` }]);
  expect(await readFile(path.join(w.sandbox, "f"))).toEqual(body);
  expect(server.requests[1]?.headers.range).toBe("bytes=4-");
});
