import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { LibprocessLimits } from "../src/index.ts";
import { rawClient, wellBehaved } from "./harness.ts";

const MiB = 1024 * 1024;
const from = "Libprocess-From: a@127.0.0.1:5";

interface Report {
  readonly messages: number;
  readonly bodyBytes: number;
  readonly peakRss: number;
  readonly lines: readonly string[];
}

/** A libprocess in a process of its own. */
async function startChild(limits: Partial<LibprocessLimits> = {}) {
  const file = path.join(import.meta.dirname, "server.fixture.ts");
  const child: ChildProcess = fork(file, [JSON.stringify({ limits })], { execArgv: ["--conditions=@berth/source"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit").then(() => Promise.reject(new Error("the child has ended")));
  exited.catch(() => {});
  const answer = async () => (await Promise.race([once(child, "message"), exited])) as [unknown];
  const [{ port }] = (await answer()) as [{ port: number }];
  const report = async () => {
    child.send("report");
    const [report] = await answer();
    return report as Report;
  };
  const stillServed = await wellBehaved(port, async () => (await report()).messages);
  await stillServed();
  return { port, report, stillServed };
}

test("a body of a GiB is refused and read away without being kept", { timeout: 120_000 }, async () => {
  const { port, report, stillServed } = await startChild();
  const before = await report();
  for (const framing of ["chunked", "length"] as const) {
    const client = await rawClient(port);
    const head = framing === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${1024 * MiB}`;
    await client.write(`POST /p/n HTTP/1.1\r\n${from}\r\n${head}\r\n\r\n`);
    const block = Buffer.alloc(MiB, "x");
    const piece =
      framing === "chunked" ? Buffer.concat([Buffer.from("100000\r\n"), block, Buffer.from("\r\n")]) : block;
    for (let sent = 0; sent < 1024; sent += 1) {
      await client.write(piece);
      if (sent % 256 === 0) await stillServed();
    }
    await client.write(`${framing === "chunked" ? "0\r\n\r\n" : ""}POST /p/n HTTP/1.1\r\n${from}\r\n\r\n`);
    await expect.poll(() => client.text().match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 202"]);
  }
  const after = await report();
  // 64 MiB are kept until the limit is seen, twice while they grow.
  expect(after.peakRss - before.peakRss).toBeLessThan(300 * MiB);
  expect(after.lines).toEqual(["message refused"]);
});

test("bodies in chunks of a byte take no more than their bytes", { timeout: 120_000 }, async () => {
  const { port, report, stillServed } = await startChild();
  const before = await report();
  const client = await rawClient(port);
  await client.write(`POST /p/n HTTP/1.1\r\n${from}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const piece = Buffer.from("1\r\nx\r\n".repeat(10_000));
  for (let sent = 0; sent < 60; sent += 1) await client.write(piece);
  await stillServed();
  await client.write("0\r\n\r\n");
  await expect.poll(async () => (await report()).bodyBytes).toBeGreaterThan(599_999);
  expect((await report()).peakRss - before.peakRss).toBeLessThan(100 * MiB);
});

test("many large bodies at once stay within the room for all of them", { timeout: 120_000 }, async () => {
  const { port, report, stillServed } = await startChild({ inFlightBytes: 64 * MiB });
  const before = await report();
  const clients = await Promise.all(Array.from({ length: 40 }, () => rawClient(port)));
  const block = Buffer.alloc(MiB, "x");
  await Promise.all(
    clients.map((client) => client.write(`POST /p/n HTTP/1.1\r\n${from}\r\nContent-Length: ${32 * MiB}\r\n\r\n`)),
  );
  // None ever ends: each holds what it has.
  for (let sent = 0; sent < 16; sent += 1) {
    await Promise.all(clients.map((client) => client.write(block)));
    await stillServed();
  }
  const after = await report();
  expect(after.peakRss - before.peakRss).toBeLessThan(350 * MiB);
  expect(clients.filter((client) => client.text().includes("503")).length).toBeGreaterThan(20);
  expect(clients.filter(({ socket }) => socket.destroyed)).toEqual([]);
});

test(
  "ten thousand connections: those beyond the cap are closed, the old one is served",
  { timeout: 180_000 },
  async () => {
    const cap = 3000;
    const { port, report, stillServed } = await startChild({ connections: cap, connectionsPerAddress: cap });
    const before = await report();
    const sockets: net.Socket[] = [];
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    let settled = 0;
    let refused = 0;
    for (let batch = 0; batch < 100; batch += 1) {
      for (let each = 0; each < 100; each += 1) {
        const socket = net.connect({ port, host: "127.0.0.1" });
        sockets.push(socket);
        socket.on("error", () => {});
        socket.once("connect", () => (settled += 1));
        socket.once("close", () => (refused += 1));
        // Half of a head, for ever.
        socket.write("POST /p/n HTTP/1.1\r\nX: ");
        socket.resume();
      }
      await expect.poll(() => settled, { interval: 5 }).toBeGreaterThanOrEqual((batch + 1) * 100 - refused);
      if (batch % 20 === 0) await stillServed();
    }
    // One place is the good peer's.
    await expect.poll(() => refused, { timeout: 60_000 }).toBe(10_000 - (cap - 1));
    await stillServed();
    const after = await report();
    expect(after.peakRss - before.peakRss).toBeLessThan(300 * MiB);
    expect(after.lines).toEqual(["connection refused: too many are open"]);
    for (const socket of sockets) socket.destroy();
    await stillServed();
    const next = await rawClient(port);
    await expect
      .poll(async () => {
        await next.write(`POST /p/n HTTP/1.1\r\n${from}\r\n\r\n`).catch(() => {});
        return next.text();
      })
      .toContain("202");
  },
);
