import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { httpServer, serveContent } from "./helpers/http-server.ts";
import { tree, workspace } from "./helpers/workspace.ts";

const body = Buffer.from("hello over http");

describe("http", () => {
  it("writes the body under the name without the query; leading spaces do not matter", async () => {
    const w = await workspace();
    const server = await httpServer(serveContent(() => ({ body })));
    await w.fetch([{ value: `  ${server.url}/dir/file.txt?token=secret` }]);
    expect(await tree(w.sandbox)).toEqual(["file.txt"]);
    expect(await readFile(path.join(w.sandbox, "file.txt"))).toEqual(body);
    expect(server.requests[0]?.url).toBe("/dir/file.txt?token=secret");
    expect(JSON.stringify(w.progress)).not.toContain("secret");
  });

  it.each([
    [404, "not-found"],
    [410, "not-found"],
    [403, "http-status"],
    [204, "http-status"],
    [206, "http-status"],
  ])("status %i fails at once with code %s, and leaves nothing", async (status, code) => {
    const w = await workspace();
    const server = await httpServer((_request, response) => response.writeHead(status).end());
    const failure = w.fetch([{ value: `${server.url}/a?key=secret` }]);
    await expect(failure).rejects.toMatchObject({
      code,
      status,
      message: expect.stringContaining(`${server.url}/a?key=***`),
    });
    await expect(failure).rejects.toThrow(`the server answered ${status}`);
    expect(server.requests).toHaveLength(1);
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it.each([500, 502, 503, 504, 429, 408])("tries again after status %i", async (status) => {
    const w = await workspace();
    const serve = serveContent(() => ({ body }));
    const server = await httpServer((request, response) => {
      if (server.requests.length < 3) response.writeHead(status).end("broken");
      else serve(request, response);
    });
    await w.fetch([{ value: `${server.url}/a` }]);
    expect(server.requests).toHaveLength(3);
    expect(w.progress.filter((event) => event.kind === "retrying")).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  it("gives up after the retries, and says the last status", async () => {
    const w = await workspace();
    const server = await httpServer((_request, response) => response.writeHead(503, "Busy").end());
    await expect(w.fetch([{ value: `${server.url}/a` }])).rejects.toMatchObject({ code: "http-status", status: 503 });
    expect(server.requests).toHaveLength(3);
  });

  it("waits as Retry-After asks", async () => {
    const w = await workspace();
    const serve = serveContent(() => ({ body }));
    const server = await httpServer((request, response) => {
      if (server.requests.length === 1) response.writeHead(429, { "retry-after": "1" }).end();
      else serve(request, response);
    });
    await w.fetch([{ value: `${server.url}/a` }]);
    expect(w.progress.find((event) => event.kind === "retrying")).toMatchObject({ delayMs: 1000 });
  });

  it("does not wait longer than it may", async () => {
    const w = await workspace();
    const server = await httpServer((_request, response) => response.writeHead(503, { "retry-after": "3600" }).end());
    await expect(w.fetch([{ value: `${server.url}/a` }])).rejects.toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
  });

  it("says when nobody listens", async () => {
    const w = await workspace();
    await expect(w.fetch([{ value: "http://127.0.0.1:1/a" }])).rejects.toMatchObject({
      code: "connection",
      message: expect.stringContaining("refuses the connection"),
    });
  });

  it("sends userinfo as basic authentication", async () => {
    const w = await workspace();
    const server = await httpServer((request, response) => {
      const expected = `Basic ${Buffer.from("ann:p@ss").toString("base64")}`;
      if (request.headers.authorization === expected) response.end(body);
      else response.writeHead(401).end();
    });
    await w.fetch([{ value: `${server.url.replace("://", "://ann:p%40ss@")}/a` }]);
    const failure = w.fetch([{ value: `${server.url.replace("://", "://ann:wrong@")}/b` }]);
    await expect(failure).rejects.toMatchObject({ code: "http-status", status: 401 });
    await expect(failure).rejects.not.toThrow("wrong");
  });

  it("writes a large body whole, and an empty one", async () => {
    const w = await workspace();
    const large = Buffer.alloc(20 << 20, "0123456789abcdef!");
    const server = await httpServer((request, response) => response.end(request.url === "/large" ? large : ""));
    await w.fetch([{ value: `${server.url}/large` }, { value: `${server.url}/empty` }]);
    expect((await readFile(path.join(w.sandbox, "large"))).equals(large)).toBe(true);
    expect((await readFile(path.join(w.sandbox, "empty"))).length).toBe(0);
  });
});
