import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { headOf, rawServer, send } from "./helpers/raw-server.ts";
import { tree, workspace } from "./helpers/workspace.ts";

const body = randomBytes(5 << 20);
const sha256 = createHash("sha256").update(body).digest("hex");
const whole = headOf(["HTTP/1.1 200 OK", 'ETag: "1"', `Content-Length: ${body.length}`]);

function partFrom(start: number): Buffer {
  const range = `Content-Range: bytes ${start}-${body.length - 1}/${body.length}`;
  return headOf(["HTTP/1.1 206 Partial Content", 'ETag: "1"', range, `Content-Length: ${body.length - start}`]);
}

/** Where the last request asks to begin. */
function askedStart(heads: readonly string[]): number {
  return Number(/\r\nrange: bytes=(\d+)-/i.exec(heads.at(-1) ?? "")?.[1] ?? 0);
}

describe("a large body of known length", () => {
  it.each(["closed", "reset"] as const)("goes on at the very byte where it was %s", async (how) => {
    const w = await workspace();
    const server = await rawServer(async (socket, count) => {
      const start = askedStart(server.heads);
      await send(socket, start === 0 ? whole : partFrom(start));
      if (count === 4) return send(socket, body.subarray(start));
      await send(socket, body.subarray(start, start + 1_234_567));
      if (how === "closed") socket.end();
      // A reset throws away what the client has not read: it must have been read.
      else setTimeout(() => socket.resetAndDestroy(), 50);
    });
    await w.fetch([{ value: `${server.url}/f#sha256=${sha256}` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
    expect(server.heads).toHaveLength(4);
    expect(askedStart(server.heads)).toBe(3 * 1_234_567);
    expect(server.heads.at(-1)).toMatch(/\r\nif-range: "1"\r\n/i);
  });

  it("is incomplete when it ends early each time, and leaves nothing", async () => {
    const w = await workspace();
    const head = headOf(["HTTP/1.1 200 OK", "Connection: close", `Content-Length: ${body.length}`]);
    const server = await rawServer(async (socket) => {
      await send(socket, Buffer.concat([head, body.subarray(0, 2_000_000)]));
      socket.end();
    });
    await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({
      code: "incomplete",
      receivedBytes: 2_000_000,
      message: expect.stringContaining(`2000000 of ${body.length} bytes`),
    });
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it("is incomplete when nothing follows the head", async () => {
    const w = await workspace();
    const server = await rawServer(async (socket) => {
      await send(socket, whole);
      socket.end();
    });
    await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({
      code: "incomplete",
      receivedBytes: 0,
    });
  });

  it("stalls with the bytes that came, on the first connection and on the one that continues", async () => {
    const w = await workspace({ stallTimeoutMs: 200 });
    const server = await rawServer(async (socket, count) => {
      const start = askedStart(server.heads);
      await send(socket, start === 0 ? whole : partFrom(start));
      if (count === 1) await send(socket, body.subarray(0, 1_500_000));
    });
    await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({
      code: "stalled",
      receivedBytes: 1_500_000,
    });
    expect(askedStart(server.heads)).toBe(1_500_000);
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it("leaves nothing when it is aborted in the middle", async () => {
    const w = await workspace();
    const server = await rawServer((socket) => send(socket, Buffer.concat([whole, body.subarray(0, 3 << 20)])));
    const abort = new AbortController();
    const fetching = w.fetch([{ value: `${server.url}/f` }], {
      signal: abort.signal,
      onProgress: (event) => event.kind === "bytes" && abort.abort(),
    });
    await expect(fetching).rejects.toMatchObject({ code: "aborted" });
    await Promise.all(server.closed);
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it("ends its connection, even if the server would keep it and say more", async () => {
    const w = await workspace();
    const server = await rawServer(async (socket) => {
      await send(socket, Buffer.concat([whole, body]));
      while (!socket.destroyed) await send(socket, Buffer.alloc(100_000));
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    await Promise.all(server.closed);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
  });

  it("reports bytes that grow to the size", async () => {
    const w = await workspace();
    const server = await rawServer((socket) => send(socket, Buffer.concat([whole, body])));
    await w.fetch([{ value: `${server.url}/f` }]);
    const sizes = w.progress.flatMap((event) => (event.kind === "bytes" ? [event.receivedBytes] : []));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes.at(-1)).toBe(body.length);
    expect(w.progress.find((event) => event.kind === "started")).toMatchObject({ totalBytes: body.length });
  });

  it("is checked against its pin", async () => {
    const w = await workspace();
    const server = await rawServer((socket) => send(socket, Buffer.concat([whole, body.toReversed()])));
    await expect(w.fetch([{ value: `${server.url}/f#sha256=${sha256}` }])).rejects.toMatchObject({ code: "checksum" });
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it.each([
    ["HTTP/1.1 404 Not Found", "not-found"],
    ["HTTP/1.1 206 Partial Content", "http-status"],
  ])("does not count after %s", async (status, code) => {
    const w = await workspace();
    const head = headOf([status, `Content-Length: ${body.length}`]);
    const server = await rawServer((socket) => send(socket, Buffer.concat([head, body])));
    await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({ code });
    await Promise.all(server.closed);
    expect(await tree(w.sandbox)).toEqual([]);
  });

  it("of a redirect is not waited for; the one behind it is taken, by name as by address", async () => {
    const w = await workspace();
    const server = await rawServer((socket, count) => {
      const named = `Location: ${server.url.replace("127.0.0.1", "localhost")}/g`;
      if (count > 1) return send(socket, Buffer.concat([whole, body]));
      return send(socket, headOf(["HTTP/1.1 302 Found", named, "Content-Length: 99999999"]));
    });
    await w.fetch([{ value: `${server.url}/f` }]);
    expect((await readFile(path.join(w.sandbox, "f"))).equals(body)).toBe(true);
  });
});

it("two lengths are refused, and leave nothing", async () => {
  const w = await workspace();
  const head = headOf(["HTTP/1.1 200 OK", "Content-Length: 5242880", "Content-Length: 5242881"]);
  const server = await rawServer((socket) => send(socket, Buffer.concat([head, body])));
  await expect(w.fetch([{ value: `${server.url}/f` }])).rejects.toMatchObject({ code: "connection" });
  expect(await tree(w.sandbox)).toEqual([]);
});
