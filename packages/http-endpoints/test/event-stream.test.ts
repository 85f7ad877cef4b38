import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { decodeMessage, decodeRecords } from "@berth/proto";
import { Event } from "@berth/proto/v1/scheduler";
import { recordedMessages } from "@berth/testkit";
import { expect, onTestFinished, test } from "vitest";
import { createEventStream, type EventStream, type EventStreamOptions, type MessageType } from "../src/index.ts";
import { serveRoutes } from "./serve-routes.ts";

async function serveStream(type: MessageType, options: EventStreamOptions = {}) {
  const { promise: opened, resolve } = Promise.withResolvers<EventStream<Event>>();
  const served = await serveRoutes([
    {
      path: "/api/v1/scheduler",
      methods: ["POST"],
      handle() {
        const stream = createEventStream(Event, type, options);
        stream.push({ type: "HEARTBEAT" });
        resolve(stream);
        return stream.answer;
      },
    },
  ]);
  return { ...served, opened };
}

function subscribe(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  socket.write("POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  return socket;
}

test("events come at once, those before the answer first, until the end", async () => {
  const { url, opened } = await serveStream("json", { headers: { "Mesos-Stream-Id": "abc" } });
  const answer = await fetch(`${url}/api/v1/scheduler`, { method: "POST" });
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("mesos-stream-id")).toBe("abc");
  const stream = await opened;
  const records = decodeRecords(answer.body ?? new ReadableStream())[Symbol.asyncIterator]();
  const next = async () => Buffer.from(((await records.next()).value ?? []) as Uint8Array).toString();
  expect(await next()).toBe('{"type":"HEARTBEAT"}');
  stream.push({ type: "ERROR", error: { message: "größer" } });
  expect(await next()).toBe('{"type":"ERROR","error":{"message":"größer"}}');
  stream.push({ type: "HEARTBEAT" });
  stream.close();
  stream.push({ type: "HEARTBEAT" });
  expect(await next()).toBe('{"type":"HEARTBEAT"}');
  expect((await records.next()).done).toBe(true);
  expect(await stream.closed).toBe("closed");
});

test("each record is an HTTP chunk of its own, also those of one tick", async () => {
  const { port, opened } = await serveStream("json");
  const socket = subscribe(port);
  let seen = "";
  socket.on("data", (part: Buffer) => (seen += part.toString("latin1")));
  const stream = await opened;
  stream.push({ type: "HEARTBEAT" });
  stream.push({ type: "HEARTBEAT" });
  stream.close();
  const chunk = '17\r\n20\n{"type":"HEARTBEAT"}\r\n';
  const body = () => seen.slice(seen.indexOf("\r\n\r\n") + 4);
  await expect.poll(body).toBe(`${chunk}${chunk}${chunk}0\r\n\r\n`);
});

test("the head and the framing are those of a recorded stream", async () => {
  const recorded = recordedMessages("s1", "RESP_200_OK").find((message) =>
    message.headers.some(([name]) => name === "Mesos-Stream-Id"),
  );
  if (recorded === undefined) throw new Error("no stream was recorded");
  const contentType = recorded.headers.find(([name]) => name === "Content-Type")?.[1] ?? "";
  const { url, opened } = await serveStream("protobuf", { headers: { "Mesos-Stream-Id": "abc" } });
  const answer = await fetch(`${url}/api/v1/scheduler`, { method: "POST" });
  expect(answer.headers.get("content-type")).toBe(contentType);
  const names = recorded.headers.map(([name]) => name.toLowerCase());
  for (const name of names) expect([...answer.headers.keys()]).toContain(name);
  // The recorded events, sent again by us, are the recorded bytes.
  const stream = await opened;
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const heartbeat = Buffer.from((await reader.read()).value ?? []);
  expect(heartbeat).toEqual(Buffer.from([0x32, 0x0a, 0x08, 0x08])); // "2\n", field 1 = HEARTBEAT
  const records = await Array.fromAsync(decodeRecords(Readable.from([recorded.body])));
  // The first, SUBSCRIBED, has a field that only the recorded 1.12 build knows.
  const [subscribed, ...rest] = records;
  for (const record of rest) {
    const event = decodeMessage(Event, record);
    if (!event.ok) throw new Error("no Event");
    stream.push(event.value);
  }
  stream.close();
  const chunks: Uint8Array[] = [];
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) chunks.push(chunk.value);
  const head = `${subscribed?.byteLength}\n`.length + (subscribed?.byteLength ?? 0);
  expect(rest.length).toBeGreaterThan(3);
  expect(Buffer.concat(chunks).equals(recorded.body.subarray(head))).toBe(true);
});

test("a peer that never reads is given up once too much waits for it", async () => {
  const { port, opened } = await serveStream("json", { maxQueuedBytes: 1024 * 1024 });
  const socket = subscribe(port);
  socket.pause();
  const stream = await opened;
  const event: Event = { type: "ERROR", error: { message: "x".repeat(100_000) } };
  // Far more than the kernel takes on loopback.
  for (let pushed = 0; pushed < 2000; pushed += 1) {
    stream.push(event);
    await new Promise(setImmediate);
  }
  expect(await stream.closed).toBe("too-slow");
  socket.resume();
  await once(socket, "close");
});

test("a burst is bounded before anybody could read it", async () => {
  const stream = createEventStream(Event, "json", { maxQueuedBytes: 1000 });
  for (let count = 0; count < 100; count += 1) stream.push({ type: "HEARTBEAT" });
  expect(await stream.closed).toBe("too-slow");
});

test.each([
  ["closes", (socket: Socket) => void socket.end()],
  ["is cut off", (socket: Socket) => void socket.resetAndDestroy()],
])("a peer that %s is gone without a word from us", async (_how, leave) => {
  const { port, opened } = await serveStream("json");
  const socket = subscribe(port);
  const stream = await opened;
  await once(socket, "data");
  leave(socket);
  expect(await stream.closed).toBe("peer-gone");
  stream.push({ type: "HEARTBEAT" });
});
