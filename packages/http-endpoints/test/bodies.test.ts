import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import type { Route } from "../src/index.ts";
import { rawRequest } from "./raw-request.ts";
import { serveRoutes } from "./serve-routes.ts";

const MiB = 1024 * 1024;

const count: Route = {
  path: "/count",
  methods: ["POST"],
  handle: async (call) => ({ kind: "json", value: (await call.readBody()).byteLength }),
};

async function post(url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<[number, string]> {
  const answer = await fetch(`${url}/count`, { method: "POST", headers, body });
  return [answer.status, await answer.text()];
}

test("a body is read whole, plain and gzip", async () => {
  const { url } = await serveRoutes([count]);
  expect(await post(url, Buffer.alloc(3 * MiB))).toEqual([200, String(3 * MiB)]);
  expect(await post(url, gzipSync(Buffer.alloc(3 * MiB)), { "content-encoding": "gzip" })).toEqual([
    200,
    String(3 * MiB),
  ]);
  expect(await post(url, Buffer.alloc(0))).toEqual([200, "0"]);
});

test("what is too large gets 413, by its length, by its bytes, and by what it inflates to", async () => {
  const { url, port } = await serveRoutes([count], { maxBodyBytes: MiB });
  expect((await post(url, Buffer.alloc(MiB)))[0]).toBe(200);
  expect(await post(url, Buffer.alloc(MiB + 1))).toEqual([413, `The body is larger than ${MiB} bytes`]);
  const bomb = gzipSync(Buffer.alloc(32 * MiB));
  expect(bomb.byteLength).toBeLessThan(MiB);
  expect((await post(url, bomb, { "content-encoding": "gzip" }))[0]).toBe(413);
  const chunk = `${(MiB / 2).toString(16)}\r\n${"x".repeat(MiB / 2)}\r\n`;
  const chunked = await rawRequest(
    port,
    "POST /count HTTP/1.1",
    ["Transfer-Encoding: chunked"],
    `${chunk.repeat(4)}0\r\n\r\n`,
  );
  expect(chunked.status).toBe(413);
});

test("a sender of a gigabyte sees 413 and the end of the connection, and nobody reads the gigabyte", async () => {
  const { port } = await serveRoutes([count], { maxBodyBytes: MiB });
  const socket = dial(port);
  socket.write(`POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: ${1024 * MiB}\r\n\r\n`);
  const answer = await firstBytes(socket);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toMatch(/connection: close/i);
  const ended = new Promise((resolve) => {
    socket.once("close", resolve);
  });
  let sent = 0;
  const block = Buffer.alloc(MiB);
  const pour = () => {
    while (!socket.destroyed && sent < 1024 * MiB) {
      sent += block.length;
      if (!socket.write(block)) return;
    }
  };
  socket.on("drain", pour);
  pour();
  await ended;
  expect(sent).toBeLessThan(100 * MiB);
});

/** A request whose body has come by three quarters, and has all the room that there is. */
async function holdAllRoom() {
  const served = await serveRoutes([count], { maxTotalBodyBytes: 2 * MiB });
  const holder = dial(served.port);
  holder.write(`POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 * MiB}\r\n\r\n`);
  holder.write(Buffer.alloc(1.5 * MiB));
  await expect.poll(served.receivedBytes).toBeGreaterThan(1.5 * MiB);
  return { holder, url: served.url };
}

test("all bodies together are bounded, and what one held can be used when it is answered", async () => {
  const { holder, url } = await holdAllRoom();
  expect((await post(url, Buffer.alloc(MiB)))[0]).toBe(503);
  holder.write(Buffer.alloc(0.5 * MiB));
  expect(await firstBytes(holder)).toMatch(/^HTTP\/1.1 200 /);
  expect((await post(url, Buffer.alloc(2 * MiB)))[0]).toBe(200);
});

test("what one held can be used when its peer has gone", async () => {
  const { holder, url } = await holdAllRoom();
  expect((await post(url, Buffer.alloc(MiB)))[0]).toBe(503);
  holder.destroy();
  await expect.poll(async () => (await post(url, Buffer.alloc(2 * MiB)))[0]).toBe(200);
});

test("a body in chunks of one byte takes no more memory than its bytes", async () => {
  const { port } = await serveRoutes([
    {
      ...count,
      async handle(call) {
        const body = await call.readBody();
        return { kind: "json", value: [body.byteLength, body.buffer.byteLength] };
      },
    },
  ]);
  const bytes = 100_000;
  const answer = await rawRequest(
    port,
    "POST /count HTTP/1.1",
    ["Transfer-Encoding: chunked"],
    `${"1\r\nx\r\n".repeat(bytes)}0\r\n\r\n`,
  );
  const [length, room] = JSON.parse(answer.body) as [number, number];
  expect(length).toBe(bytes);
  expect(room).toBeLessThan(2 * bytes);
});

test("what is not gzip, or another encoding, is refused", async () => {
  const { url } = await serveRoutes([count]);
  expect(await post(url, Buffer.from("no gzip"), { "content-encoding": "gzip" })).toEqual([
    400,
    expect.stringMatching(/^Failed to inflate/),
  ]);
  expect((await post(url, gzipSync("x").subarray(0, 12), { "content-encoding": "gzip" }))[0]).toBe(400);
  expect((await post(url, Buffer.from("x"), { "content-encoding": "br" }))[0]).toBe(415);
});

test("a body that drips gets 408", async () => {
  const { port } = await serveRoutes([count], { bodyTimeoutMs: 50 });
  const socket = dial(port);
  socket.write("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx");
  expect(await firstBytes(socket)).toMatch(/^HTTP\/1.1 408 /);
});

test("a refused request with a short body keeps its connection", async () => {
  const { port } = await serveRoutes([count]);
  const socket = dial(port);
  socket.write("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
  expect(await firstBytes(socket)).toMatch(/^HTTP\/1.1 404 /);
  socket.write("12345POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
  const next = await firstBytes(socket);
  expect(next).toMatch(/^HTTP\/1.1 200 /);
  expect(next).toMatch(/\r\n\r\n2$/);
});

test("a handler that throws is a 500 that says nothing of it", async () => {
  const { url } = await serveRoutes([{ ...count, handle: () => Promise.reject(new Error("s3cret")) }]);
  expect(await post(url, Buffer.alloc(1))).toEqual([500, expect.not.stringContaining("s3cret")]);
});

function dial(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // a reset is what some of these wait for
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function firstBytes(socket: Socket): Promise<string> {
  return await new Promise((resolve) => {
    socket.once("data", (data) => resolve(data.toString("latin1")));
  });
}
