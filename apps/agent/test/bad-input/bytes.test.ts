import type { Socket } from "node:net";
import { findEngine } from "@berth/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, type Peer, Siege, statuses, unharmed } from "./siege.ts";

const engine = await findEngine();
const MiB = 1024 * 1024;
const from = "Libprocess-From: master@127.0.0.1:5050";

const garbage = [
  "\0\x01\x02 nothing that is HTTP\r\n\r\n",
  "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
  "PSOT / HTTP/1.1\r\n\r\n",
  "GET / HTTP/9.9\r\n\r\n",
  "GET /state HTTP/1.1\r\nno colon\r\n\r\n",
  `POST /slave(1)/n HTTP/1.1\r\n${from}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx`,
  `POST /slave(1)/n HTTP/1.1\r\n${from}\r\nContent-Length: -1\r\n\r\n`,
  `POST /api/v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `GET /${"x".repeat(200_000)} HTTP/1.1\r\n\r\n`,
  `GET /state HTTP/1.1\r\nX: ${"x".repeat(200_000)}\r\n\r\n`,
  `GET /state HTTP/1.1\r\n${"X: y\r\n".repeat(20_000)}\r\n`,
];

/** Writes until all is written, an answer has come, or the other side has closed. */
async function pour(peer: Peer, head: string, piece: Buffer, pieces: number): Promise<void> {
  peer.socket.write(head);
  for (let sent = 0; sent < pieces && statuses(peer).length === 0 && !peer.socket.destroyed; sent += 1) {
    if (peer.socket.write(piece)) continue;
    await nextOf(peer.socket, ["drain", "data", "close"]);
  }
}

function nextOf(socket: Socket, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const happened = () => {
      for (const event of events) socket.off(event, happened);
      resolve();
    };
    for (const event of events) socket.on(event, happened);
  });
}

describe.skipIf(engine === undefined)("bytes of all kinds", () => {
  const lay = () => Siege.lay(engine?.socketPath ?? "");

  test("what is no HTTP ends its own connection, and is said once", async () => {
    const siege = await lay();
    const round = async () => {
      for (const port of [siege.agentPort, siege.masterPort]) {
        for (const text of garbage) {
          const peer = await connect(port);
          peer.socket.write(text, "latin1");
          await peer.closed;
          // The reset may overtake the answer when there was more to read.
          expect([[400], [431], []], text.slice(0, 40)).toContainEqual(statuses(peer));
        }
      }
    };
    const said = () => siege.said("it does not speak HTTP");
    await round();
    // One line for each kind of fault on each of the two ports.
    await expect.poll(said).toBeGreaterThan(2);
    const first = said();
    expect(first).toBeLessThanOrEqual(2 * garbage.length);
    await round();
    await round();
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(100);
    expect(await siege.slaves()).toEqual(siege.before);
    expect(said()).toBe(first);
  });

  test("bodies of 1 GiB are refused long before they are here, whatever they are for", async () => {
    const siege = await lay();
    const block = Buffer.alloc(MiB, "x");
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), block, Buffer.from("\r\n")]);
    const json = "Content-Type: application/json";
    const targets = [
      [siege.agentPort, `POST /slave(1)/mesos.internal.RunTaskMessage HTTP/1.1\r\n${from}`, [413]],
      [siege.agentPort, `POST /api/v1 HTTP/1.1\r\n${json}`, [413]],
      [siege.agentPort, "POST /state HTTP/1.1", [405, 413]],
      [siege.agentPort, "GET /state HTTP/1.1", [200, 413]],
      [siege.agentPort, "POST /nowhere HTTP/1.1", [404, 413]],
      [siege.masterPort, `POST /master/mesos.internal.RegisterSlaveMessage HTTP/1.1\r\n${from}`, [413]],
      [siege.masterPort, `POST /api/v1/scheduler HTTP/1.1\r\n${json}`, [413]],
      [siege.masterPort, `POST /api/v1 HTTP/1.1\r\n${json}`, [413]],
      [siege.masterPort, "GET /state HTTP/1.1", [200, 413]],
    ] as const;
    const framings = [
      ["Transfer-Encoding: chunked", chunk],
      [`Content-Length: ${1024 * MiB}`, block],
    ] as const;
    for (const [framing, piece] of framings) {
      const peers = await Promise.all(
        targets.map(async ([port, head, allowed]) => {
          const peer = await connect(port);
          await pour(peer, `${head}\r\nHost: localhost\r\n${framing}\r\n\r\n`, piece, 1024);
          await expect.poll(() => statuses(peer).length).toBe(1);
          expect(allowed, head).toContain(statuses(peer)[0]);
          return peer;
        }),
      );
      await expect.poll(() => siege.look()).toEqual(unharmed);
      for (const peer of peers) peer.socket.destroy();
    }
    // 18 GiB were on their way. A message is kept up to 64 MiB before it is known to be too long, at the agent and at the master, twice
    // while it grows; what has been let go of counts until the collector has been round.
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(700);
    expect(await siege.slaves()).toEqual(siege.before);
  });

  test("connections that never say all, and those that drip, keep nobody waiting", async () => {
    const siege = await lay();
    const halves = [
      "",
      "P",
      "POST /slave(1)/mesos.internal.KillTaskMessage HTTP/1.1\r\nLibprocess-From: mas",
      `POST /slave(1)/mesos.internal.KillTaskMessage HTTP/1.1\r\n${from}\r\nContent-Length: 1000\r\n\r\nhalf`,
      "POST /api/v1 HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
      'POST /api/v1/scheduler HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"typ',
    ];
    const peers: Peer[] = [];
    for (const port of [siege.agentPort, siege.masterPort]) {
      for (let time = 0; time < 100; time += 1) {
        for (const half of halves) {
          const peer = await connect(port);
          if (half !== "") peer.socket.write(half);
          peers.push(peer);
        }
      }
    }
    // Half of them say FIN and go on reading, the rest drips a byte at a time until the test is over.
    for (const [index, { socket }] of peers.entries()) if (index % 2 === 0) socket.end();
    const drips = peers.filter((_, index) => index % 2 === 1);
    const timer = setInterval(() => {
      for (const { socket } of drips) if (socket.writable) socket.write("x");
    }, 50);
    onTestFinished(() => clearInterval(timer));
    await expect.poll(() => siege.look()).toEqual(unharmed);
    expect(await siege.finish()).toBeLessThan(200);
    expect(await siege.slaves()).toEqual(siege.before);
  });

  test("10,000 connections: what is over the caps is closed, the witness is served on its own", async () => {
    const siege = await lay();
    const peers: Peer[] = [];
    const batch = (address: string) =>
      Promise.all(Array.from({ length: 250 }, () => connect(siege.agentPort, address)));
    for (let opened = 0; opened < 10_000; opened += 250)
      peers.push(...(await batch(opened % 500 === 0 ? "127.0.0.2" : "127.0.0.3")));
    const open = () => peers.filter(({ socket }) => !socket.destroyed).length;
    const refused = await siege.agent.shows(/connection refused: too many are open .*limit=\d+/);
    const limit = Number(/limit=(\d+)/.exec(refused)?.[1]);
    await expect.poll(open).toBeLessThanOrEqual(limit);
    // All but those of master and agent are ours.
    expect(open()).toBeGreaterThan(limit - 50);
    expect(siege.said("connection refused")).toBe(1);
    // The caps are full: only connections that stand are served, the master's and the agent's own.
    const { slaves } = (await (await fetch(`http://${siege.agent.master}/slaves`)).json()) as {
      slaves: { active: boolean }[];
    };
    expect(slaves).toMatchObject([{ active: true }]);
    expect(await siege.finish()).toBeLessThan(250);
    expect(await siege.slaves()).toEqual(siege.before);
    expect(open()).toBeGreaterThan(limit - 50);
    for (const { socket } of peers) socket.destroy();
    await expect.poll(async () => (await fetch(`http://${siege.agent.agent}/health`)).status).toBe(200);
  });
});
