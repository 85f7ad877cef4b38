import https from "node:https";
import tls from "node:tls";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { createLibprocess, type LibprocessTls } from "../src/index.ts";
import { makeCertificate } from "./certificate.ts";
import { bytes, collect, keepLog, type Node, rawClient, startNode } from "./harness.ts";

type Pair = Awaited<ReturnType<typeof makeCertificate>>;
let loopback: Pair;
let elsewhere: Pair;
let stranger: Pair;

beforeAll(async () => {
  loopback = await makeCertificate("IP:127.0.0.1", "DNS:node1.test");
  elsewhere = await makeCertificate("IP:127.0.0.2");
  stranger = await makeCertificate("IP:127.0.0.1");
});

/** Trusts the first two, and checks everybody. */
function strict(own: Pair, more: Partial<LibprocessTls> = {}): LibprocessTls {
  return {
    ...own,
    ca: `${loopback.cert}${elsewhere.cert}`,
    verifyServer: true,
    requireClientCertificate: true,
    ...more,
  };
}

/** A link that must not end, over which a message gets through. */
async function wellBehaved(node: Node, options: LibprocessTls) {
  const peer = await startNode({ tls: options });
  const exits: number[] = [];
  const got = collect(node, "good");
  peer.link(node.pid("good"), () => exits.push(1));
  return async () => {
    const before = got.length;
    peer.send("peer", node.pid("good"), "n", bytes("x"));
    await expect.poll(() => got.length).toBe(before + 1);
    expect(exits).toEqual([]);
  };
}

test("both ways, each checking the other", async () => {
  const a = await startNode({ tls: strict(loopback) });
  const b = await startNode({ tls: strict(loopback) });
  const gotA = collect(a, "a");
  const gotB = collect(b, "b");
  a.send("a", b.pid("b"), "n", bytes("there"));
  await expect.poll(() => gotB.map(({ from }) => from)).toEqual([a.pid("a")]);
  b.send("b", a.pid("a"), "n", bytes("and back"));
  await expect.poll(() => gotA.map(({ body }) => body)).toEqual([bytes("and back")]);
});

test("a certificate is held against the name in the PID", async () => {
  const lookup = async () => "127.0.0.1";
  const a = await startNode({ tls: strict(loopback) }, { lookup });
  const b = await startNode({ tls: strict(loopback) });
  const got = collect(b, "b");
  a.send("a", { ...b.pid("b"), host: "node1.test" }, "n", bytes("right"));
  await expect.poll(() => got.length).toBe(1);
  a.send("a", { ...b.pid("b"), host: "node2.test" }, "n", bytes("wrong"));
  await expect
    .poll(() => a.lines.map((line) => line["error"]))
    .toMatchObject([{ code: "connect-failed", cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" } }]);
  expect(got.length).toBe(1);
});

test("a server that is not trusted, or is another host, gets nothing, unless nobody asks", async () => {
  const careless = await startNode({ tls: { ...loopback, verifyServer: false, requireClientCertificate: false } });
  for (const pair of [stranger, elsewhere]) {
    const server = await startNode({ tls: { ...pair, verifyServer: false, requireClientCertificate: false } });
    const got = collect(server, "p");
    const careful = await startNode({ tls: strict(loopback) });
    await new Promise<void>((resolve) => careful.link(server.pid("p"), resolve));
    careful.send("a", server.pid("p"), "n", bytes("secret"));
    await careful.flush(20_000);
    expect(careful.lines[0]?.["error"]).toMatchObject({ code: "connect-failed" });
    careless.send("a", server.pid("p"), "n", bytes("open"));
    await expect.poll(() => got.map(({ body }) => body)).toEqual([bytes("open")]);
  }
});

test("a client without a trusted certificate is refused, others go on", async () => {
  const node = await startNode({ tls: strict(loopback) });
  const got = collect(node, "p");
  const proceed = await wellBehaved(node, strict(loopback));
  await proceed();
  const bad = await startNode({
    tls: { ...stranger, ca: loopback.cert, verifyServer: true, requireClientCertificate: false },
  });
  await new Promise<void>((resolve) => bad.link(node.pid("p"), resolve));
  const none = tls.connect({ port: node.bound.port, host: "127.0.0.1", rejectUnauthorized: false });
  onTestFinished(() => void none.destroy());
  await new Promise<void>((resolve) => none.once("error", () => {}).once("close", () => resolve()));
  await proceed();
  expect(got).toEqual([]);
});

test("plain bytes at a TLS port, and TLS at a plain port, end only their connection", async () => {
  const options = { ...loopback, ca: loopback.cert, verifyServer: true, requireClientCertificate: false };
  const secure = await startNode({ tls: options });
  const proceed = await wellBehaved(secure, options);
  for (const text of [
    "POST /good/n HTTP/1.1\r\nLibprocess-From: a@1.1.1.1:1\r\n\r\n",
    "\0\0\0",
    "\x16\x03\x01\x02\0",
  ]) {
    const client = await rawClient(secure.bound.port);
    client.socket.end(text, "latin1");
    await client.closed;
    expect(client.text()).not.toContain("202");
    await proceed();
  }
  const plain = await startNode();
  await new Promise<void>(
    (resolve) =>
      plain.link(secure.pid("good"), () => resolve()) && plain.send("p", secure.pid("good"), "n", bytes("x")),
  );
  await proceed();
  await new Promise<void>((resolve) => secure.link(plain.pid("p"), resolve));
  await proceed();
  const messages = new Set(secure.lines.map(({ message }) => message));
  expect(messages).toContain("connection closed: it does not speak TLS as we do");
});

test("HTTP is HTTPS then, on the same port", async () => {
  const node = await startNode({ tls: { ...loopback, verifyServer: false, requireClientCertificate: false } });
  node.serveHttp((request, response) => response.end(request.url));
  const body = await new Promise<string>((resolve, reject) => {
    https
      .get(
        { port: node.bound.port, host: "127.0.0.1", path: "/state", ca: loopback.cert, agent: false },
        (response) => {
          response.setEncoding("utf8").on("data", resolve);
        },
      )
      .on("error", reject);
  });
  expect(body).toBe("/state");
});

test("a key that cannot be used is said at once", () => {
  const { log } = keepLog();
  const broken = { key: "no key", cert: loopback.cert, verifyServer: false, requireClientCertificate: false };
  const create = () => createLibprocess({ log, now: () => 0 }, { ip: "127.0.0.1", port: 0, tls: broken });
  expect(create).toThrow(expect.objectContaining({ name: "LibprocessError", code: "tls-failed" }));
});
