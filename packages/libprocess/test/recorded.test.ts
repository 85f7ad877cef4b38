import { type RecordedMessage, recordedMessages, type RecordedScenario } from "@berth/testkit";
import { expect, test } from "vitest";
import { encodeRequest, type LibprocessMessage, parsePid } from "../src/index.ts";
import { collect, rawClient, rawServer, startNode } from "./harness.ts";

const scenarios: readonly RecordedScenario[] = ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"];

interface Recorded extends LibprocessMessage {
  readonly file: string;
  readonly raw: Uint8Array;
  readonly host: string;
}

/** What the file says, read apart from the code under test. */
function asMessage(recorded: RecordedMessage): Recorded | undefined {
  const header = (name: string) => recorded.headers.find(([key]) => key === name)?.[1];
  const from = parsePid(header("Libprocess-From") ?? "");
  const [, to, name] = /^POST \/([^/]+)\/(\S+) HTTP\/1\.1$/.exec(recorded.firstLine) ?? [];
  if (from === undefined || to === undefined || name === undefined) return undefined;
  const { file, raw } = recorded;
  return { from, to, name, body: new Uint8Array(recorded.body), file, raw, host: header("Host") ?? "" };
}

const messagesOf = (scenario: RecordedScenario) =>
  recordedMessages(scenario).flatMap((recorded) => asMessage(recorded) ?? []);
const plain = ({ from, to, name, body }: LibprocessMessage) => ({ from, to, name, body });

test("every recorded message is what we would have sent, byte for byte", () => {
  const all = scenarios.flatMap(messagesOf);
  expect(all.length).toBe(316);
  for (const { file, raw, host, from, to, name, body } of all) {
    const [address = "", port] = host.split(":");
    const ours = encodeRequest({ from, to: { id: to, host: address, port: Number(port) }, name, body }, "address");
    expect(ours?.toString("latin1"), file).toBe(Buffer.from(raw).toString("latin1"));
  }
});

test("what leaves the socket is what was recorded, pipelined, whatever is answered", async () => {
  const messages = messagesOf("s8").filter(({ from }) => from.port === 5051);
  const master = await rawServer((socket) => socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
  for (const hostHeader of ["address", "empty"] as const) {
    const agent = await startNode({ advertiseIp: "127.0.0.1", advertisePort: 5051, hostHeader });
    for (const { from, to, name, body } of messages) {
      agent.send(from.id, { id: to, host: "127.0.0.1", port: master.port }, name, body);
    }
    const host = hostHeader === "address" ? `Host: 127.0.0.1:${master.port}` : "Host: ";
    const expected = messages.map(({ raw }) => Buffer.from(raw).toString("latin1")).join("");
    const received = () => master.received().at(-1)?.toString("latin1");
    await expect.poll(received).toBe(expected.replaceAll("Host: 127.0.0.1:5050", host));
    await agent.close();
  }
  expect(master.sockets).toHaveLength(2);
});

test.each(scenarios)("every message of %s is understood, pipelined in one write", async (scenario) => {
  const messages = messagesOf(scenario);
  const node = await startNode();
  const got: LibprocessMessage[] = [];
  for (const id of new Set(messages.map(({ to }) => to))) node.spawn(id, (message) => got.push(message));
  const client = await rawClient(node.bound.port);
  await client.write(Buffer.concat(messages.map(({ raw }) => raw)));
  await expect.poll(() => got.length).toBe(messages.length);
  expect(got).toEqual(messages.map(plain));
  await expect.poll(() => client.text().match(/HTTP\/1\.1 202 Accepted\r\n/g)?.length).toBe(messages.length);
  expect(client.text()).not.toMatch(/connection: close/i);
  expect(client.text().match(/^Content-Length: 0\r$/gm)).toHaveLength(messages.length);
  expect(client.text().match(/^Date: /gm)).toHaveLength(messages.length);
});

test("each recorded message is understood on a connection of its own", async () => {
  const messages = scenarios.flatMap(messagesOf);
  const node = await startNode();
  const got: LibprocessMessage[] = [];
  for (const id of new Set(messages.map(({ to }) => to))) node.spawn(id, (message) => got.push(message));
  for (const [index, message] of messages.entries()) {
    const client = await rawClient(node.bound.port);
    // As a temporary socket of libprocess does: shut down when its queue is empty.
    client.socket.end(message.raw);
    await client.closed;
    expect(got.length, message.file).toBe(index + 1);
    expect(got[index], message.file).toEqual(plain(message));
  }
});

test("a message may be split anywhere", async () => {
  const [message] = messagesOf("s1").filter(({ name }) => name === "mesos.internal.PingSlaveMessage");
  if (message === undefined) throw new Error("no ping was recorded");
  const node = await startNode();
  const got = collect(node, message.to);
  const client = await rawClient(node.bound.port);
  for (let at = 1; at < message.raw.byteLength; at += 1) {
    await client.write(message.raw.subarray(0, at));
    await turns();
    await client.write(message.raw.subarray(at));
    await expect.poll(() => got.length, { interval: 1 }).toBe(at);
    expect(got[at - 1]).toEqual(plain(message));
  }
  got.length = 0;
  for (const byte of message.raw) {
    await client.write(Uint8Array.of(byte));
    await turns();
  }
  await expect.poll(() => got).toEqual([plain(message)]);
});

/** Two turns of the loop, so that the server reads what was written before the rest comes. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
