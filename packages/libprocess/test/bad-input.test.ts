import { gzipSync } from "node:zlib";
import { recordedMessages } from "@berth/testkit";
import { expect, test } from "vitest";
import type { LibprocessOptions } from "../src/index.ts";
import { bytes, collect, rawClient, startNode, textOf, wellBehaved } from "./harness.ts";

const from = "Libprocess-From: a@127.0.0.1:5";
const message = (target: string, body = "", headers = "") =>
  `POST ${target} HTTP/1.1\r\n${from}\r\n${headers}Content-Length: ${Buffer.byteLength(body, "latin1")}\r\n\r\n${body}`;
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** A node with a process `p`, and a peer that must not notice anything. */
async function start(options: Partial<LibprocessOptions> = {}) {
  const node = await startNode(options);
  const got = collect(node, "p");
  const good = collect(node, "good");
  const proceed = await wellBehaved(node.bound.port, () => good.length);
  await proceed();
  const said = () => node.lines.map(({ message }) => message);
  return { node, got, said, proceed, port: node.bound.port };
}

test.each([
  ["garbage", "\0\x01\x02 nothing that is HTTP\r\n\r\n", 400],
  ["TLS", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 400],
  ["an unknown method", "PSOT / HTTP/1.1\r\n\r\n", 400],
  ["HTTP/9", "POST / HTTP/9.9\r\n\r\n", 400],
  ["a path without a slash", `POST p/n HTTP/1.1\r\n${from}\r\n\r\n`, 400],
  ["two lengths", `POST /p/n HTTP/1.1\r\n${from}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 400],
  ["a length and chunks", message("/p/n", "x", "Transfer-Encoding: chunked\r\n"), 400],
  ["a chunk size that is no number", `POST /p/n HTTP/1.1\r\n${from}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ["a huge header", `POST /p/n HTTP/1.1\r\n${from}\r\nX: ${"x".repeat(200_000)}\r\n\r\n`, 431],
  ["many headers", `POST /p/n HTTP/1.1\r\n${"X: y\r\n".repeat(20_000)}\r\n`, 431],
  ["a huge path", `POST /p/${"n".repeat(100_000)} HTTP/1.1\r\n${from}\r\n\r\n`, 431],
])("%s ends only its own connection, and is said once", async (_, text, status) => {
  const { got, said, proceed, port } = await start();
  for (let time = 0; time < 3; time += 1) {
    const client = await rawClient(port);
    await client.write(text).catch(() => {}); // the server may have hung up before all of it
    await client.closed;
    // A reset may overtake the answer when there was more to read.
    expect([[status], []]).toContainEqual(statuses(client.text()));
    await proceed();
  }
  expect(got).toEqual([]);
  expect(said()).toEqual(["connection closed: it does not speak HTTP"]);
});

test.each([
  ["an unknown process", "/nobody/n", from, 404],
  ["an empty id that nobody has", "/n", from, 404],
  ["a process that has a longer name", "/pp/n", from, 404],
  ["a full URL", "http://host/p/n", from, 400],
  ["a sender that is no PID", "/p/n", "Libprocess-From: nobody", 500],
  ["an empty sender", "/p/n", "Libprocess-From: ", 500],
  ["an agent without a PID", "/p/n", "User-Agent: libprocess/", 500],
  ["an id that cannot be decoded", "/p%zz/n", from, 500],
])("%s is refused, the connection goes on, and it is said once", async (_, target, header, status) => {
  const { got, said, proceed, port } = await start();
  const client = await rawClient(port);
  const refused = `POST ${target} HTTP/1.1\r\n${header}\r\nContent-Length: 3\r\n\r\nabc`;
  await client.write(`${refused}${refused}${message("/p/n", "x")}${refused}`);
  await expect.poll(() => statuses(client.text())).toEqual([status, status, 202, status]);
  await proceed();
  expect(got.map(({ body }) => textOf(body))).toEqual(["x"]);
  expect(client.text()).not.toMatch(/connection: close/i);
  expect(said()).toEqual(["message refused"]);
});

test("404 has the body that the original sends", async () => {
  const { port } = await start();
  const client = await rawClient(port);
  await client.write(message("/slave-observer(1)/mesos.internal.PongSlaveMessage"));
  const [recorded] = recordedMessages("s5", "RESP_404");
  await expect.poll(() => client.text().split("\r\n\r\n")[1]).toBe(Buffer.from(recorded?.body ?? []).toString());
  for (const header of ["Content-Type", "Content-Length"]) {
    const value = recorded?.headers.find(([name]) => name === header)?.[1];
    expect(client.text()).toContain(`\r\n${header}: ${value}\r\n`);
  }
});

test("ids are decoded and may be empty, names are verbatim, any name is 202", async () => {
  const node = await startNode();
  const all = [collect(node, ""), collect(node, "slave(1)")];
  const client = await rawClient(node.bound.port);
  await client.write(
    message("/mesos.X") + message("//mesos.Y") + message("/slave%281%29/a%2fb/c") + message("/slave(1)/"),
  );
  await expect.poll(() => statuses(client.text())).toEqual([202, 202, 202, 202]);
  expect(all.map((got) => got.map(({ name }) => name))).toEqual([
    ["mesos.X", "mesos.Y"],
    ["a%2fb/c", ""],
  ]);
});

test("the smallest foreign sender is understood: one header, any agent, HTTP/1.0 too", async () => {
  const { got, port } = await start();
  const client = await rawClient(port);
  await client.write("POST /p/1 HTTP/1.1\r\nUser-Agent: libprocess/a@1.1.1.1:1\r\n\r\n");
  await client.write(
    "POST /p/2 HTTP/1.1\r\nlibprocess-from:  b@1.1.1.1:1  \r\nUser-Agent: curl\r\nHost: x\r\nHost: y\r\n\r\n",
  );
  await expect.poll(() => got.map(({ from }) => from.id)).toEqual(["a", "b"]);
  const old = await rawClient(port);
  await old.write(`POST /p/3 HTTP/1.0\r\n${from}\r\n\r\n`);
  await expect.poll(() => got.length).toBe(3);
});

test("a sender with another address is refused when that was asked for", async () => {
  const { got, said, port } = await start({ requirePeerAddressIpMatch: true });
  const client = await rawClient(port);
  await client.write(`POST /p/n HTTP/1.1\r\nLibprocess-From: a@127.0.0.2:5\r\n\r\n${message("/p/n", "x")}`);
  await expect.poll(() => statuses(client.text())).toEqual([400, 202]);
  expect(got.length).toBe(1);
  expect(said()).toEqual(["message refused"]);
});

test("a message that is cut off is not handed over, and its room is free again", async () => {
  const { got, proceed, port } = await start({ limits: { messageBytes: 1000, inFlightBytes: 1000 } });
  const half = message("/p/n", "x".repeat(900)).slice(0, -400);
  for (const end of ["end", "resetAndDestroy"] as const) {
    for (let time = 0; time < 5; time += 1) {
      const client = await rawClient(port);
      await client.write(half);
      client.socket[end]();
      await client.closed;
    }
  }
  const client = await rawClient(port);
  await client.write("POST /p/n HTTP/1.1\r\nLibprocess-From: a@1");
  client.socket.end();
  await client.closed;
  await proceed();
  expect(got).toEqual([]);
  const whole = await rawClient(port);
  await whole.write(message("/p/n", "y".repeat(900)));
  await expect.poll(() => got.map(({ body }) => body.byteLength)).toEqual([900]);
});

test("a body over the limit is 413 and thrown away; the next message on the connection is understood", async () => {
  const { got, said, proceed, port } = await start({ limits: { messageBytes: 1000 } });
  const client = await rawClient(port);
  const chunk = `1000\r\n${"x".repeat(0x1000)}\r\n`;
  await client.write(message("/p/known", "x".repeat(300_000)));
  await client.write(
    `POST /p/n HTTP/1.1\r\n${from}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(100)}0\r\n\r\n`,
  );
  await client.write(message("/p/fits", "x".repeat(1000)));
  await expect.poll(() => statuses(client.text())).toEqual([413, 413, 202]);
  await proceed();
  expect(got.map(({ name }) => name)).toEqual(["fits"]);
  expect(client.text()).not.toMatch(/connection: close/i);
  expect(said()).toEqual(["message refused"]);
});

test("gzip bodies are understood, in order with others; broken and swollen ones are refused", async () => {
  const { got, proceed, port } = await start({ limits: { messageBytes: 100_000 } });
  const client = await rawClient(port);
  const zipped = (name: string, body: Buffer) =>
    message(`/p/${name}`, body.toString("latin1"), "Content-Encoding: gzip\r\n");
  const random = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251));
  await client.write(
    zipped("1", gzipSync(random)) +
      message("/p/2", "plain") +
      zipped("bomb", gzipSync(Buffer.alloc(50_000_000))) +
      zipped("broken", Buffer.from("no gzip")) +
      zipped("cut", gzipSync(random).subarray(0, 100)) +
      message("/p/deflate", "x", "Content-Encoding: deflate\r\n") +
      message("/p/3", "x", "Content-Encoding: identity\r\n"),
  );
  await expect.poll(() => statuses(client.text())).toEqual([202, 202, 413, 400, 400, 415, 202]);
  expect(got.map(({ name }) => name)).toEqual(["1", "2", "3"]);
  expect(Buffer.from(got[0]?.body ?? []).equals(random)).toBe(true);
  await proceed();
});

test("a handler or an HTTP listener that throws ends nothing", async () => {
  const { node, got, said, proceed, port } = await start();
  node.spawn("thrower", () => {
    throw new Error("a fault in the handler");
  });
  node.serveHttp(() => {
    throw new Error("a fault in the listener");
  });
  const client = await rawClient(port);
  await client.write(`${message("/thrower/n")}${message("/p/n")}GET /state HTTP/1.1\r\n\r\n${message("/p/n")}`);
  await expect.poll(() => statuses(client.text())).toEqual([202, 202, 500, 202]);
  expect(got.length).toBe(2);
  expect(said().sort()).toEqual(["a handler threw", "the HTTP listener threw"]);
  await proceed();
});

test("bodies that are dripped make room for those that are not", async () => {
  let nowMs = 0;
  const node = await startNode({ limits: { inFlightBytes: 64 * 1024, messageBytes: 40 * 1024 } }, { now: () => nowMs });
  const got = collect(node, "p");
  const good = collect(node, "good");
  const proceed = await wellBehaved(node.bound.port, () => good.length);
  const drips = await Promise.all(Array.from({ length: 16 }, () => rawClient(node.bound.port)));
  for (const drip of drips) {
    // Four KiB each, never finished: together all the room there is.
    await drip.write(`POST /p/drip HTTP/1.1\r\n${from}\r\nContent-Length: 4000\r\n\r\n${"x".repeat(100)}`);
    // When this has come, so has what was written before it.
    await proceed();
    nowMs += 1000;
  }
  const client = await rawClient(node.bound.port);
  await client.write(message("/p/whole", "y".repeat(30_000)));
  await expect.poll(() => got.map(({ name }) => name)).toEqual(["whole"]);
  await expect.poll(() => drips.map((drip) => statuses(drip.text()).length).join("")).toMatch(/^1{8}0{8}$/);
  expect(drips.flatMap((drip) => statuses(drip.text()))).toEqual(Array(8).fill(503));
  expect(drips.map(({ socket }) => socket.destroyed)).toEqual(Array(16).fill(false));
  // Evicted or not, a drip that ends is in step again.
  for (const drip of drips) await drip.write(`${"x".repeat(3900)}${message("/p/after")}`);
  await expect.poll(() => got.filter(({ name }) => name === "after").length).toBe(16);
  expect(got.filter(({ name }) => name === "drip").length).toBe(8);
});

test("connections beyond the caps are closed at once, those that are open are served", async () => {
  const { said, proceed, port } = await start({ limits: { connections: 10, connectionsPerAddress: 6 } });
  const open = await Promise.all(Array.from({ length: 5 }, () => rawClient(port)));
  for (let time = 0; time < 4; time += 1) {
    const more = await rawClient(port);
    await more.closed;
    expect(more.text()).toBe("");
  }
  await proceed();
  expect(said()).toEqual(["connection refused: its address has too many open"]);
  open[0]?.socket.destroy();
  await open[0]?.closed;
  const next = await rawClient(port);
  await next.write(message("/p/n"));
  await expect.poll(() => statuses(next.text())).toEqual([202]);
});

test("the cap of all connections holds", async () => {
  const { said, proceed, port } = await start({ limits: { connections: 3 } });
  await Promise.all([rawClient(port), rawClient(port)]);
  const more = await rawClient(port);
  await more.closed;
  await proceed();
  expect(said()).toEqual(["connection refused: too many are open"]);
});

test("a peer that sends and never reads is ended, others go on", async () => {
  const { said, proceed, port } = await start({ limits: { unreadAnswers: 100 } });
  const client = await rawClient(port);
  client.socket.pause();
  const closed = new Promise<string>((resolve) => client.socket.once("error", () => resolve("reset")));
  for (let block = 0; block < 200; block += 1) client.socket.write(message("/p/n").repeat(1000));
  // Its answers fill the kernel's buffers first; a paused socket learns of its end by writing.
  expect(await closed).toBe("reset");
  await proceed();
  expect(said()).toEqual(["connection closed: its answers are not read"]);
});

test("connections are not closed when they are idle, used or not", { timeout: 30_000 }, async () => {
  const { proceed, got, port } = await start();
  const used = await rawClient(port);
  const unused = await rawClient(port);
  await used.write(message("/p/n"));
  await expect.poll(() => got.length).toBe(1);
  // Node closes a used one after 5 s unless it is told not to. Nothing can be awaited where nothing shall happen.
  await new Promise((resolve) => setTimeout(resolve, 8000));
  await used.write(message("/p/n"));
  await unused.write(message("/p/n"));
  await expect.poll(() => got.length).toBe(3);
  await proceed();
});

test("a peer that says FIN after its last message has all of them handed over", async () => {
  const { got, port } = await start();
  const client = await rawClient(port);
  const large = "z".repeat(3_000_000);
  client.socket.end(message("/p/1", large) + message("/p/2", "", "") + message("/p/3", large), "latin1");
  await client.closed;
  expect(got.map(({ name, body }) => [name, body.byteLength])).toEqual([
    ["1", 3_000_000],
    ["2", 0],
    ["3", 3_000_000],
  ]);
  expect(got[0]?.body.subarray(0, 3)).toEqual(bytes("zzz"));
});
