import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request as get } from "undici";
import { expect, test } from "vitest";
import { bytes, collect, startNode, textOf } from "./harness.ts";

test("messages go both ways, with sender, receiver, name and body", async () => {
  const agent = await startNode();
  const master = await startNode();
  const atMaster = collect(master, "master");
  const atAgent = collect(agent, "slave(1)");
  agent.send("slave(1)", master.pid("master"), "mesos.internal.RegisterSlaveMessage", bytes("hello"));
  await expect
    .poll(() => atMaster)
    .toEqual([
      { from: agent.pid("slave(1)"), to: "master", name: "mesos.internal.RegisterSlaveMessage", body: bytes("hello") },
    ]);
  master.send("master", atMaster[0]?.from ?? master.pid(""), "mesos.internal.PingSlaveMessage", new Uint8Array());
  await expect
    .poll(() => atAgent)
    .toEqual([
      { from: master.pid("master"), to: "slave(1)", name: "mesos.internal.PingSlaveMessage", body: new Uint8Array() },
    ]);
});

test("ten thousand messages of several processes arrive in their order", async () => {
  const a = await startNode();
  const b = await startNode();
  const got = collect(b, "b");
  for (let index = 0; index < 10_000; index += 1) {
    a.send(`p${index % 3}`, b.pid("b"), "n", index % 7 === 0 ? new Uint8Array() : bytes(String(index)));
  }
  await a.flush(20_000);
  await expect.poll(() => got.length).toBe(10_000);
  expect(
    got.every(({ body, from }, index) => {
      return from.id === `p${index % 3}` && textOf(body) === (index % 7 === 0 ? "" : String(index));
    }),
  ).toBe(true);
});

test("what is no message goes to the HTTP listener, 404 without one", async () => {
  const node = await startNode();
  const url = `http://127.0.0.1:${node.bound.port}/health`;
  const before = await get(url);
  expect([before.statusCode, await before.body.text()]).toEqual([404, "404 Not Found."]);
  node.serveHttp((request, response) => response.end(`${request.method} ${request.url}`));
  expect(await (await get(url)).body.text()).toBe("GET /health");
  const posted = await get(`http://127.0.0.1:${node.bound.port}/api/v1/executor`, { method: "POST", body: "x" });
  expect(await posted.body.text()).toBe("POST /api/v1/executor");
});

test("a link ends once, and later messages find the process that came back", async () => {
  const a = await startNode();
  const b = await startNode();
  const port = b.bound.port;
  const exits: string[] = [];
  a.link(b.pid("b"), () => exits.push("first"));
  const giveUp = a.link(b.pid("other"), () => exits.push("given up"));
  const got = collect(b, "b");
  a.send("a", b.pid("b"), "one", bytes("1"));
  await expect.poll(() => got.length).toBe(1);
  giveUp();
  await b.close();
  await expect.poll(() => exits).toEqual(["first"]);
  const again = await startNode({ port });
  const gotAgain = collect(again, "b");
  a.send("a", again.pid("b"), "two", bytes("2"));
  await expect.poll(() => gotAgain.map(({ name }) => name)).toEqual(["two"]);
  expect(exits).toEqual(["first"]);
});

test("a link to nobody ends, and does so after link returned", async () => {
  const a = await startNode();
  const b = await startNode();
  const to = b.pid("b");
  await b.close();
  const events: string[] = [];
  a.link(to, () => events.push("exited"));
  events.push("returned");
  await expect.poll(() => events).toEqual(["returned", "exited"]);
});

test("a peer that goes is told with all that sent over its connection", async () => {
  const a = await startNode();
  const b = await startNode();
  const got = collect(b, "b");
  const gone: unknown[] = [];
  const stop = b.onPeerGone((senders) => gone.push(senders));
  a.send("one", b.pid("b"), "n", bytes("1"));
  a.send("two", b.pid("b"), "n", bytes("2"));
  a.send("one", b.pid("b"), "n", bytes("3"));
  await expect.poll(() => got.length).toBe(3);
  const senders = [a.pid("two"), a.pid("one")];
  await a.close();
  await expect.poll(() => gone).toEqual([senders]);
  stop();
});

// Only the kernel knows, and ss asks it.
test.skipIf(spawnSync("ss", ["-V"]).status !== 0)(
  "connections that come while the loop is busy wait, however many",
  async () => {
    const node = await startNode();
    const allowed = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
    const line = execFileSync("ss", ["-ltnH", `sport = :${node.bound.port}`], { encoding: "utf8" }).trim();
    // State, what waits, what may wait.
    expect(Number(line.split(/\s+/)[2])).toBe(Math.min(allowed, 65_535));
  },
);
