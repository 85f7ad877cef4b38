import { expect, test } from "vitest";
import { bytes, collect, keepLog, rawServer, startNode, textOf } from "./harness.ts";
import { createLibprocess, LibprocessError, type Pid } from "../src/index.ts";

const at = (port: number, id = "p"): Pid => ({ id, host: "127.0.0.1", port });
const bodies = (received: Buffer | undefined) => received?.toString().match(/body-\d+/g) ?? [];

test("one connection serves all messages to an address, as long as it is open", async () => {
  const peer = await rawServer();
  const node = await startNode();
  for (let index = 0; index < 5; index += 1) {
    node.send("a", at(peer.port, `p${index}`), "n", bytes(`body-${index}`));
    await expect.poll(() => bodies(peer.received()[0]).length).toBe(index + 1);
  }
  expect(peer.sockets).toHaveLength(1);
});

test("when the peer has closed, the next message opens another connection", async () => {
  const peer = await rawServer();
  const node = await startNode();
  for (let index = 0; index < 20; index += 1) {
    node.send("a", at(peer.port), "n", bytes(`body-${index}`));
    await expect.poll(() => bodies(peer.received()[index])).toEqual([`body-${index}`]);
    const socket = peer.sockets[index];
    const closed = new Promise((resolve) => socket?.once("close", resolve));
    if (index % 2 === 0) socket?.end();
    else socket?.resetAndDestroy();
    await closed;
    // The news of it travels through the loop that both sides share.
    await expect.poll(() => peer.sockets.every((each) => each.destroyed)).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("a write that the kernel refuses has lost nothing: it is made again, once", async () => {
  const peer = await rawServer();
  const node = await startNode();
  node.send("a", at(peer.port), "n", bytes("body-0"));
  await expect.poll(() => bodies(peer.received()[0])).toEqual(["body-0"]);
  // Reset and send within one turn: the node cannot know yet.
  peer.sockets[0]?.resetAndDestroy();
  node.send("a", at(peer.port), "n", bytes("body-1"));
  await expect.poll(() => bodies(peer.received()[1])).toEqual(["body-1"]);
  expect(node.lines).toEqual([]);
});

test("what was not written when a connection was lost goes out over one more, in order", async () => {
  // Takes the first bytes, then nothing: what does not fit into the kernel waits on our side.
  const peer = await rawServer((socket, index) => {
    if (index === 0) socket.once("data", () => socket.pause());
  });
  const node = await startNode();
  const filler = "x".repeat(100_000);
  const total = 150;
  for (let index = 0; index < total; index += 1) node.send("a", at(peer.port), "n", bytes(`body-${index} ${filler}`));
  await expect.poll(() => peer.received()[0]?.byteLength ?? 0).toBeGreaterThan(0);
  await node.flush(200); // gives up: most of it cannot be written
  peer.sockets[0]?.resetAndDestroy();
  await expect.poll(() => bodies(peer.received()[1]).at(-1)).toBe(`body-${total - 1}`);
  const second = bodies(peer.received()[1]);
  const first = Number(second[0]?.slice(5));
  expect(first).toBeGreaterThan(0);
  expect(second).toEqual(Array.from({ length: total - first }, (_, index) => `body-${first + index}`));
  const lost = node.lines.filter(({ message }) => message === "messages lost with their connection");
  expect(lost).toEqual([expect.objectContaining({ to: `127.0.0.1:${peer.port}` })]);
  expect(lost[0]?.["count"]).toBeGreaterThan(0);
});

test("a connect that fails drops what waits, says so once, and the next message tries again", async () => {
  const peer = await rawServer();
  const node = await startNode();
  const gone = await startNode();
  const port = gone.bound.port;
  await gone.close();
  for (let index = 0; index < 3; index += 1) {
    node.send("a", at(port), "n", bytes("lost"));
    await node.flush(20_000);
  }
  expect(node.lines).toEqual([
    expect.objectContaining({ message: "cannot connect", to: `127.0.0.1:${port}`, dropped: 1 }),
  ]);
  expect(node.lines[0]?.["error"]).toMatchObject({ code: "connect-failed", cause: { code: "ECONNREFUSED" } });
  const back = await startNode({ port });
  const got = collect(back, "p");
  node.send("a", at(port), "n", bytes("found"));
  node.send("a", at(peer.port), "n", bytes("body-1"));
  await expect.poll(() => got.map(({ body }) => textOf(body))).toEqual(["found"]);
});

test("a name is looked up, to IPv4, when connecting; order survives a slow look-up", async () => {
  const peer = await rawServer();
  const asked: string[] = [];
  const slow = Promise.withResolvers<string>();
  const node = await startNode(
    {},
    {
      lookup: async (name) => {
        asked.push(name);
        return name === "nowhere.test" ? Promise.reject(new Error("ENOTFOUND")) : slow.promise;
      },
    },
  );
  for (let index = 0; index < 3; index += 1) {
    node.send("a", { id: "p", host: "master.test", port: peer.port }, "n", bytes(`body-${index}`));
  }
  node.send("a", { id: "p", host: "nowhere.test", port: peer.port }, "n", bytes("lost"));
  await expect.poll(() => node.lines.length).toBe(1);
  expect(node.lines[0]?.["error"]).toMatchObject({ code: "lookup-failed", address: `nowhere.test:${peer.port}` });
  expect(peer.sockets).toHaveLength(0);
  slow.resolve("127.0.0.1");
  await expect.poll(() => bodies(peer.received()[0])).toEqual(["body-0", "body-1", "body-2"]);
  expect(peer.received()[0]?.toString()).toContain(`Host: master.test:${peer.port}\r\n`);
  expect(asked).toEqual(["master.test", "nowhere.test"]);
});

test("a look-up that never ends is given up", async () => {
  const node = await startNode({ limits: { connectTimeoutMs: 50 } }, { lookup: () => new Promise(() => {}) });
  const exited = new Promise<void>((resolve) => node.link({ id: "p", host: "master.test", port: 1 }, resolve));
  await exited;
  expect(node.lines[0]?.["error"]).toMatchObject({ code: "connect-timeout" });
});

test("the queue of a destination is bounded; what does not fit is dropped and said once", async () => {
  const peer = await rawServer();
  const node = await startNode({ limits: { queueBytes: 10_000 } });
  for (let index = 0; index < 100; index += 1) {
    node.send("a", at(peer.port), "n", bytes(`body-${index} ${"x".repeat(900)}`));
  }
  await node.flush(20_000);
  await expect.poll(() => bodies(peer.received()[0]).length).toBeGreaterThan(5);
  const sent = bodies(peer.received()[0]);
  expect(sent.length).toBeLessThan(11);
  expect(sent).toEqual(sent.map((_, index) => `body-${index}`));
  expect(node.lines.map(({ message }) => message)).toEqual(["message dropped: the queue of its destination is full"]);
});

test("an outgoing connection is closed when it was idle, a linked one is not", async () => {
  const peer = await rawServer();
  const linked = await rawServer();
  const node = await startNode({ limits: { idleMs: 30 } });
  node.link(at(linked.port), () => {});
  node.send("a", at(linked.port), "n", bytes("body-0"));
  node.send("a", at(peer.port), "n", bytes("body-0"));
  await expect.poll(() => peer.sockets[0]?.readableEnded).toBe(true);
  expect(linked.sockets.map(({ readableEnded }) => readableEnded)).toEqual([false]);
  node.send("a", at(peer.port), "n", bytes("body-1"));
  await expect.poll(() => bodies(peer.received()[1])).toEqual(["body-1"]);
});

test("a link takes over the connection that is there; given up, it becomes idle", async () => {
  const peer = await rawServer();
  const node = await startNode({ limits: { idleMs: 30 } });
  node.send("a", at(peer.port), "n", bytes("body-0"));
  const exits: number[] = [];
  const unlink = node.link(at(peer.port), () => exits.push(1));
  await expect.poll(() => bodies(peer.received()[0])).toEqual(["body-0"]);
  unlink();
  await expect.poll(() => peer.sockets[0]?.readableEnded).toBe(true);
  expect([peer.sockets.length, exits]).toEqual([1, []]);
});

test("a connection that is renewed is replaced; its links hold, and what comes later goes over the new one", async () => {
  const peer = await rawServer();
  const node = await startNode();
  const exits: string[] = [];
  node.renew(at(peer.port)); // nothing to give up yet
  node.link(at(peer.port), () => exits.push("link"));
  node.send("a", at(peer.port), "n", bytes("body-0"));
  await expect.poll(() => bodies(peer.received()[0])).toEqual(["body-0"]);
  node.renew(at(peer.port));
  node.send("a", at(peer.port), "n", bytes("body-1"));
  await expect.poll(() => bodies(peer.received()[1])).toEqual(["body-1"]);
  await expect.poll(() => peer.sockets[0]?.destroyed).toBe(true);
  expect([peer.sockets.length, exits]).toEqual([2, []]);
  peer.sockets[1]?.resetAndDestroy();
  await expect.poll(() => exits).toEqual(["link"]);
});

test("a renewed connection without a link or message is not opened again", async () => {
  const peer = await rawServer();
  const node = await startNode();
  node.send("a", at(peer.port), "n", bytes("body-0"));
  await expect.poll(() => bodies(peer.received()[0])).toEqual(["body-0"]);
  node.renew(at(peer.port));
  await expect.poll(() => peer.sockets[0]?.destroyed).toBe(true);
  await node.flush(1000);
  expect(peer.sockets.length).toBe(1);
});

test("every link of an address ends with its connection, also when a callback throws or links again", async () => {
  const peer = await rawServer();
  const node = await startNode();
  const exits: string[] = [];
  const relink = () => {
    exits.push("a");
    node.link(at(peer.port, "a"), () => exits.push("a again"));
  };
  node.link(at(peer.port, "a"), relink);
  node.link(at(peer.port, "b"), () => {
    throw new Error("a fault in the callback");
  });
  node.link(at(peer.port, "c"), () => exits.push("c"));
  await expect.poll(() => peer.sockets.length).toBe(1);
  peer.sockets[0]?.resetAndDestroy();
  await expect.poll(() => peer.sockets.length).toBe(2);
  expect(exits).toEqual(["a", "c"]);
  expect(node.lines.map(({ message }) => message)).toEqual(["a link's callback threw"]);
  peer.sockets[1]?.end();
  await expect.poll(() => exits).toEqual(["a", "c", "a again"]);
});

test("what was sent before close arrives whole, and close ends links without a call", async () => {
  const a = await startNode();
  const b = await startNode();
  const got = collect(b, "b");
  const exits: number[] = [];
  a.link(b.pid("b"), () => exits.push(1));
  const body = new Uint8Array(20_000_000).fill(7);
  a.send("a", b.pid("b"), "n", body);
  a.send("a", b.pid("b"), "n", bytes("last"));
  await a.flush(20_000);
  await a.close();
  await expect.poll(() => got.length).toBe(2);
  expect(Buffer.compare(got[0]?.body ?? body.subarray(1), body)).toBe(0);
  a.send("a", b.pid("b"), "n", bytes("too late"));
  a.link(b.pid("b"), () => exits.push(2));
  expect(exits).toEqual([]);
});

test.each([
  ["a\r\nX: y", "n"],
  ["a b", "n"],
  ["a", "n HTTP/1.1\r\n"],
  ["ü", "n"],
])("what would break the request apart is not sent: id %j, name %j", async (id, name) => {
  const peer = await rawServer();
  const node = await startNode();
  node.send("a", at(peer.port, id), name, bytes("x"));
  node.send(id, at(peer.port), name, bytes("x"));
  node.send("a", at(peer.port), "n", bytes("body-1"));
  await expect.poll(() => bodies(peer.received()[0])).toEqual(["body-1"]);
  expect(peer.received()[0]?.toString().match(/POST/g)).toHaveLength(1);
  expect(node.lines.map(({ message }) => message)).toEqual(["message dropped: it cannot be sent"]);
});

test("the PID holds what is advertised, else what is bound, else what the host name resolves to", async () => {
  const advertised = await startNode({ advertiseIp: "10.1.2.3", advertisePort: 5051 });
  expect(advertised.pid("slave(1)")).toEqual({ id: "slave(1)", host: "10.1.2.3", port: 5051 });
  expect(advertised.bound).toEqual({ host: "127.0.0.1", port: expect.any(Number) });
  expect(advertised.bound.port).toBeGreaterThan(0);
  const bound = await startNode();
  expect(bound.address).toEqual(bound.bound);
  const any = await startNode(
    { ip: "0.0.0.0" },
    { hostName: () => "node1", lookup: async (name) => (name === "node1" ? "127.0.0.9" : Promise.reject(new Error())) },
  );
  expect(any.address).toEqual({ host: "127.0.0.9", port: any.bound.port });
  expect(any.bound.host).toBe("0.0.0.0");
});

test("listening fails with a code and keeps the cause", async () => {
  const taken = await startNode();
  const { log } = keepLog();
  const second = createLibprocess({ log, now: () => 0 }, { ip: "127.0.0.1", port: taken.bound.port });
  const error = await second.listen().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LibprocessError);
  expect(error).toMatchObject({ code: "listen-failed", cause: { code: "EADDRINUSE" } });
  await second.close();
});
