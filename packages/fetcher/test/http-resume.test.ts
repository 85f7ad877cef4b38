import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { cutAfter, httpServer, serveContent } from "./helpers/http-server.ts";
import { tree, workspace } from "./helpers/workspace.ts";

const body = Buffer.alloc(300_000, "abcdefghijklm");
const other = Buffer.alloc(300_000, "nopqrstuvwxyz!");

describe("a download that is cut", () => {
  it("goes on where it was cut", async () => {
    const w = await workspace();
    const serve = serveContent(() => ({ body, etag: '"1"' }));
    const server = await httpServer((request, response) => {
      if (server.requests.length === 1) cutAfter(response, body, 100_000, { etag: '"1"' });
      else serve(request, response);
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
    expect(server.requests[1]?.headers).toMatchObject({ range: "bytes=100000-", "if-range": '"1"' });
  });

  it("starts over when the file has changed meanwhile", async () => {
    const w = await workspace();
    const serve = serveContent(() => ({ body: other, etag: '"2"' }));
    const server = await httpServer((request, response) => {
      if (server.requests.length === 1) cutAfter(response, body, 100_000, { etag: '"1"' });
      else serve(request, response);
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(other)).toBe(true);
  });

  it("starts over when the new content is shorter than what was there", async () => {
    const w = await workspace();
    const short = Buffer.from("short");
    const server = await httpServer((_request, response) => {
      if (server.requests.length === 1) cutAfter(response, body, 100_000, { etag: '"1"' });
      else response.end(short);
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(short)).toBe(true);
  });

  it("starts over when nothing proves that it is the same", async () => {
    const w = await workspace();
    const serve = serveContent(() => ({ body }));
    const server = await httpServer((request, response) => {
      if (server.requests.length === 1) cutAfter(response, body, 100_000);
      else serve(request, response);
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect(server.requests[1]?.headers.range).toBeUndefined();
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
  });

  it("starts over after 416, and when a part begins elsewhere", async () => {
    const w = await workspace();
    const serve = serveContent(() => ({ body, etag: '"1"' }));
    const server = await httpServer((request, response) => {
      const count = server.requests.length;
      if (count === 1) cutAfter(response, body, 100_000, { etag: '"1"' });
      else if (count === 2) response.writeHead(206, { "content-range": "bytes 5-299999/300000", etag: '"1"' }).end("x");
      else if (count === 3) cutAfter(response, body, 200_000, { etag: '"1"' });
      else if (count === 4) response.writeHead(416).end();
      else serve(request, response);
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
    expect(server.requests).toHaveLength(5);
  });

  it("fails with the bytes that came when it is cut at half each time, and leaves nothing", async () => {
    const w = await workspace();
    const server = await httpServer((_request, response) => cutAfter(response, body, 150_000));
    await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({
      code: "incomplete",
      receivedBytes: 150_000,
      message: expect.stringContaining("150000 of 300000 bytes"),
    });
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it("gets through a connection that is cut again and again, as long as it brings something", async () => {
    const w = await workspace();
    const server = await httpServer((request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
      const headers = { etag: '"1"', "content-length": body.length - start };
      if (start === 0) response.writeHead(200, headers);
      else response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${body.length - 1}/${body.length}` });
      const end = Math.min(body.length, start + 50_000);
      response.write(body.subarray(start, end), () => (end === body.length ? response.end() : response.socket?.end()));
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
    expect(server.requests).toHaveLength(6);
  });
});
