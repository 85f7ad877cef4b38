import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { headOf, rawServer, send } from "./helpers/raw-server.ts";
import { workspace } from "./helpers/workspace.ts";

const MiB = 1 << 20;
const noise = randomBytes(4 * MiB);

interface Framed {
  readonly head: readonly string[];
  readonly payload: Buffer;
  readonly closes: boolean;
}

/** All the ways in which a server may say where a body ends. */
const framings: Readonly<Record<string, (body: Buffer) => Framed>> = {
  length: (body) => ({
    head: ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`],
    payload: body,
    closes: false,
  }),
  lengthAndClose: (body) => ({
    head: ["HTTP/1.1 200 OK", "Connection: close", `content-length:${body.length}`],
    payload: body,
    closes: true,
  }),
  encoded: (body) => ({
    head: ["HTTP/1.1 200 OK", "Content-Encoding: gzip", `Content-Length: ${body.length}`],
    payload: body,
    closes: false,
  }),
  afterEarlyHints: (body) => ({
    head: [
      "HTTP/1.1 103 Early Hints",
      "Link: </a>; rel=preload",
      "Content-Length: 5",
      "",
      "HTTP/1.1 200 OK",
      `Content-Length: ${body.length}`,
    ],
    payload: body,
    closes: false,
  }),
  longerThanSaid: (body) => ({
    head: ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`],
    payload: Buffer.concat([body, Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")]),
    closes: true,
  }),
  chunked: (body) => ({
    head: ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Trailer: x-sum"],
    payload: Buffer.concat([...chunks(body), Buffer.from("0\r\nx-sum: 1\r\n\r\n")]),
    closes: false,
  }),
  untilClosed: (body) => ({ head: ["HTTP/1.1 200 OK", "Connection: close"], payload: body, closes: true }),
  oldWithLength: (body) => ({
    head: ["HTTP/1.0 200 OK", `Content-Length: ${body.length}`],
    payload: body,
    closes: true,
  }),
  oldUntilClosed: (body) => ({ head: ["HTTP/1.0 200 OK"], payload: body, closes: true }),
};

function chunks(body: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 100_000) {
    const part = body.subarray(at, at + 100_000);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return parts;
}

/** Fetches a message that arrives in the given pieces, the last piece being whatever is left. */
async function fetchOf(message: Buffer, pieces: readonly number[], closes: boolean): Promise<() => Promise<Buffer>> {
  const w = await workspace({ retry: { maxRetries: 0, baseDelayMs: 1, maxDelayMs: 1 } });
  const server = await rawServer(async (socket) => {
    let at = 0;
    for (const bytes of pieces) {
      await send(socket, message.subarray(at, at + bytes));
      at += bytes;
    }
    await send(socket, message.subarray(at));
    if (closes) socket.end();
  });
  return async () => {
    await w.fetch([{ value: `${server.url}/f` }]);
    const file = path.join(w.sandbox, "f");
    const got = await readFile(file);
    await rm(file);
    return got;
  };
}

it.each(Object.entries(framings))("every byte arrives, however it is cut: %s", async (_name, frame) => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom(0, 1, MiB - 1, MiB, MiB + 1), fc.integer({ min: 0, max: 3 * MiB })),
      fc.integer({ min: 0, max: MiB }),
      fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 300_000 })), { maxLength: 30 }),
      async (sizeBytes, offset, pieces) => {
        const body = noise.subarray(offset, offset + sizeBytes);
        const { head, payload, closes } = frame(body);
        const fetched = await fetchOf(Buffer.concat([headOf(head), payload]), pieces, closes);
        expect((await fetched()).equals(body)).toBe(true);
      },
    ),
    { numRuns: 12 },
  );
});

it("every byte arrives when the head is split at any place, and when each of its bytes comes alone", async () => {
  const body = noise.subarray(0, MiB + 7);
  const head = headOf(["HTTP/1.1 200 OK", "Content-Length: 1048583"]);
  const message = Buffer.concat([head, body]);
  for (let split = 1; split <= head.length; split += 1) {
    const fetched = await fetchOf(message, [split], false);
    expect((await fetched()).equals(body)).toBe(true);
  }
  const fetched = await fetchOf(message, Array<number>(head.length + 3).fill(1), false);
  expect((await fetched()).equals(body)).toBe(true);
});

it("leaves an encoded body as it came", async () => {
  const body = gzipSync(noise.subarray(0, 2 * MiB));
  const head = headOf(["HTTP/1.1 200 OK", "Content-Encoding: gzip", `Content-Length: ${body.length}`]);
  const fetched = await fetchOf(Buffer.concat([head, body]), [head.length + 10], false);
  expect((await fetched()).equals(body)).toBe(true);
});
