import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Route } from "../src/index.ts";
import { serveRoutes } from "./serve-routes.ts";

const MiB = 1024 * 1024;
// More than the kernel takes for a connection of loopback, so that most of it waits in the process.
const long = "x".repeat(64 * MiB);
const routes: readonly Route[] = [
  { path: "/long", methods: ["GET"], handle: () => ({ kind: "json-text", text: long }) },
  { path: "/short", methods: ["GET"], handle: () => ({ kind: "json-text", text: "1" }) },
];

/** Asks for the long answer and reads no more than the beginning of it. */
async function lazyReader(port: number): Promise<{ readonly socket: Socket; readonly status: number }> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write("GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const [first] = (await once(socket, "data")) as [Buffer];
  socket.pause();
  return { socket, status: Number(first.subarray(9, 12).toString()) };
}

// Of one letter only, it would be short when it is compressed.
const asItIs = { headers: { "Accept-Encoding": "identity" } };

async function statusAndLength(url: string): Promise<readonly [number, number]> {
  const answer = await fetch(url, asItIs);
  return [answer.status, (await answer.arrayBuffer()).byteLength];
}

test("long answers are whole, however long", async () => {
  const { url } = await serveRoutes(routes);
  expect(await statusAndLength(`${url}/long`)).toEqual([200, 64 * MiB]);
});

test("those that nobody reads have a bound together; short ones are still answered, and room comes back", async () => {
  const { port, url } = await serveRoutes(routes, { maxUnreadAnswerBytes: 150 * MiB });
  const readers = [await lazyReader(port), await lazyReader(port)];
  expect(readers.map(({ status }) => status)).toEqual([200, 200]);
  const refused = await fetch(`${url}/long`, asItIs);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await fetch(`${url}/short`)).status).toBe(200);
  readers[0]?.socket.destroy();
  await expect.poll(() => statusAndLength(`${url}/long`)).toEqual([200, 64 * MiB]);
});

test("whoever reads slowly makes room for the next", async () => {
  const { port, url } = await serveRoutes(routes, { maxUnreadAnswerBytes: 150 * MiB, slowAnswerMs: 50 });
  const [slow, other] = [await lazyReader(port), await lazyReader(port)];
  const gone = once(slow.socket, "close");
  await expect.poll(() => statusAndLength(`${url}/long`)).toEqual([200, 64 * MiB]);
  slow.socket.resume();
  await gone;
  expect(other.socket.destroyed).toBe(false);
});

test("a peer that reads nothing at all loses its connection", async () => {
  const { port, url } = await serveRoutes(routes, { maxUnreadAnswerBytes: 70 * MiB, stallTimeoutMs: 100 });
  await lazyReader(port);
  await expect.poll(() => statusAndLength(`${url}/long`)).toEqual([200, 64 * MiB]);
});
