import { once } from "node:events";
import net from "node:net";
import { recordedMessages, type RecordedMessage } from "@berth/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RawAgent } from "./raw-agent.ts";
import { ask, get, RawScheduler, requestOf } from "./raw-scheduler.ts";
import { startMaster, type TestMaster } from "./start-master.ts";

const subscribe = { type: "SUBSCRIBE", subscribe: { framework_info: { user: "u", name: "f", failover_timeout: 60 } } };

let running: TestMaster;
beforeEach(async () => {
  running = await startMaster();
});
afterEach(async () => running[Symbol.asyncDispose]());

function raw(lines: readonly string[], body = ""): Buffer {
  const length = lines.some((line) => line.startsWith("Content-Length"))
    ? []
    : [`Content-Length: ${Buffer.byteLength(body)}`];
  return Buffer.from(
    ["POST /api/v1/scheduler HTTP/1.1", "Host: localhost", ...lines, ...length, "", body].join("\r\n"),
  );
}

const json = ["Content-Type: application/json"];

test.each([
  ["no Content-Type", raw([], "{}"), 400],
  ["another Content-Type", raw(["Content-Type: text/plain"], "{}"), 415],
  ["an Accept of neither", raw([...json, "Accept: text/html"], JSON.stringify(subscribe)), 406],
  ["no JSON", raw(json, "{"), 400],
  ["JSON of another shape", raw(json, '{"type":{}}'), 400],
  ["an unknown type", raw(json, '{"type":"NO_SUCH_CALL"}'), 400],
  ["no type", raw(json, "{}"), 400],
  ["a required field missing", raw(json, '{"type":"SUBSCRIBE","subscribe":{"framework_info":{"name":"f"}}}'), 400],
  ["no protobuf", raw(["Content-Type: application/x-protobuf"], "\u0007\u0007\u0007"), 400],
  ["SUBSCRIBE without a framework", raw(json, '{"type":"SUBSCRIBE"}'), 400],
  ["SUBSCRIBE with a stream id", raw([...json, "Mesos-Stream-Id: x"], JSON.stringify(subscribe)), 400],
  ["two framework ids", raw(json, JSON.stringify({ ...subscribe, framework_id: { value: "x" } })), 400],
  ["a call of an unknown framework", raw(json, '{"type":"TEARDOWN","framework_id":{"value":"x"}}'), 400],
  ["a call without a framework", raw(json, '{"type":"TEARDOWN"}'), 400],
  ["GET", Buffer.from("GET /api/v1/scheduler HTTP/1.1\r\nHost: localhost\r\n\r\n"), 405],
])("%s is refused, and the master goes on", async (_what, request, status) => {
  const answer = await ask(running.port, request);
  expect(answer.status).toBe(status);
  expect((await get(running.port, "/health")).status).toBe(200);
});

test("an unknown enum inside a call leaves its field unset, unknown fields are passed over", async () => {
  const capabilities = [{ type: "PARTITION_AWARE" }, { type: "FROM_THE_FUTURE" }];
  const info = { ...subscribe.subscribe.framework_info, capabilities, brand_new: { a: 1 } };
  using scheduler = await RawScheduler.subscribe(running.port, {
    type: "SUBSCRIBE",
    subscribe: { framework_info: info },
  });
  expect((await scheduler.event("SUBSCRIBED")).subscribed?.frameworkId?.value).not.toBe("");
});

test("calls need the stream id of the subscription that is", async () => {
  using first = await RawScheduler.subscribe(running.port, subscribe);
  await first.event("SUBSCRIBED");
  expect((await first.call({ type: "SUPPRESS", suppress: {} })).status).toBe(202);
  const without = requestOf(
    running.port,
    JSON.stringify({ type: "REVIVE", framework_id: { value: first.frameworkId } }),
  );
  expect((await ask(running.port, without)).status).toBe(400);
  expect((await first.call({ type: "REVIVE" }, "wrong")).status).toBe(400);
  const again = {
    ...subscribe,
    framework_id: { value: first.frameworkId },
    subscribe: { framework_info: { ...subscribe.subscribe.framework_info, id: { value: first.frameworkId } } },
  };
  using second = await RawScheduler.subscribe(running.port, again);
  await second.event("SUBSCRIBED");
  expect(second.streamId).not.toBe(first.streamId);
  expect((await first.event("ERROR")).error?.message).toBe("Framework failed over");
  await vi.waitFor(() => expect(first.ended).toBe(true));
  expect((await first.call({ type: "REVIVE" })).status).toBe(400);
  expect((await second.call({ type: "REVIVE" })).status).toBe(202);
});

test("a framework that has gone is not subscribed: 403", async () => {
  using scheduler = await RawScheduler.subscribe(running.port, subscribe);
  await scheduler.event("SUBSCRIBED");
  scheduler[Symbol.dispose]();
  await vi.waitFor(async () => expect((await scheduler.call({ type: "REVIVE" })).status).toBe(403), { timeout: 5000 });
});

test.each([
  ["REQUEST", { request: { requests: [] } }],
  ["ACCEPT_INVERSE_OFFERS", { accept_inverse_offers: { inverse_offer_ids: [] } }],
  ["DECLINE_INVERSE_OFFERS", { decline_inverse_offers: { inverse_offer_ids: [] } }],
  ["RECONCILE_OPERATIONS", { reconcile_operations: { operations: [] } }],
  ["RECONCILE", { reconcile: {} }],
  ["KILL", { kill: { task_id: { value: "x" } } }],
  ["SHUTDOWN", { shutdown: { executor_id: { value: "x" }, agent_id: { value: "x" } } }],
  ["MESSAGE", { message: { agent_id: { value: "x" }, executor_id: { value: "x" }, data: "" } }],
  [
    "ACKNOWLEDGE",
    { acknowledge: { agent_id: { value: "x" }, task_id: { value: "x" }, uuid: "AAAAAAAAAAAAAAAAAAAAAA==" } },
  ],
  ["DECLINE", { decline: { offer_ids: [{ value: "x" }] } }],
  ["TEARDOWN", {}],
])("%s about nothing that there is is taken", async (type, member) => {
  using scheduler = await RawScheduler.subscribe(running.port, subscribe);
  await scheduler.event("SUBSCRIBED");
  expect((await scheduler.call({ type, ...member })).status).toBe(202);
});

test("TEARDOWN ends the stream", async () => {
  using scheduler = await RawScheduler.subscribe(running.port, subscribe);
  await scheduler.event("SUBSCRIBED");
  expect((await scheduler.call({ type: "TEARDOWN" })).status).toBe(202);
  await vi.waitFor(() => expect(scheduler.ended).toBe(true));
});

test.each([
  ["KILL", {}],
  ["ACKNOWLEDGE", { acknowledge: { agent_id: { value: "x" }, task_id: { value: "x" }, uuid: "AAAA" } }],
  ["UPDATE_FRAMEWORK", { update_framework: { framework_info: { user: "other", name: "f" } } }],
])("%s that cannot be is 400", async (type, member) => {
  using scheduler = await RawScheduler.subscribe(running.port, subscribe);
  await scheduler.event("SUBSCRIBED");
  expect((await scheduler.call({ type, ...member })).status).toBe(400);
});

test("a body of 1 GiB is refused long before it is here", async () => {
  const announced = raw([...json, "Content-Length: 1073741824"]);
  expect((await ask(running.port, announced)).status).toBe(413);
  const socket = net.connect(running.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  const from = "slave(1)@127.0.0.1:1";
  socket.write(
    `POST /master/mesos.internal.RegisterSlaveMessage HTTP/1.1\r\nLibprocess-From: ${from}\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(1 << 20), Buffer.from("\r\n")]);
  const answered = once(socket, "data") as Promise<[Buffer]>;
  let mebibytes = 0;
  const more = () => {
    while (mebibytes++ < 1024 && socket.writable && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
  expect((await answered)[0].toString()).toMatch(/^HTTP\/1\.1 413/);
  socket.destroy();
  expect((await get(running.port, "/health")).status).toBe(200);
});

test("undecodable and incomplete messages, and those of strangers, change nothing", async () => {
  await using agent = await RawAgent.start(running.port);
  const garbage = Buffer.from([0xff, 0xff, 0xff]);
  for (const name of [
    "RegisterSlaveMessage",
    "ReregisterSlaveMessage",
    "StatusUpdateMessage",
    "UnregisterSlaveMessage",
    "UpdateSlaveMessage",
    "ExitedExecutorMessage",
    "ExecutorToFrameworkMessage",
    "NoSuchMessage",
  ]) {
    expect(await agent.send(name, garbage)).toBe(202);
    expect(await agent.send(name, new Uint8Array())).toBe(202);
  }
  await agent.replay(recordedMessages("s2", "POST_master_mesos.internal.StatusUpdateMessage")[0] as RecordedMessage);
  await agent.replay(recordedMessages("s2", "UnregisterSlaveMessage")[0] as RecordedMessage);
  expect(await agent.send("PongSlaveMessage", new Uint8Array(), "slave-observer(9)")).toBe(404);
  await agent.replay(recordedMessages("s1", "RegisterSlaveMessage")[0] as RecordedMessage);
  await agent.message("SlaveRegisteredMessage");
});

test("the end of the connection to an agent: the next ping says so, offers are taken back", async () => {
  await running[Symbol.asyncDispose]();
  running = await startMaster({ agentPingTimeoutMs: 50 });
  await using agent = await RawAgent.start(running.port);
  await agent.replay(recordedMessages("s1", "RegisterSlaveMessage")[0] as RecordedMessage);
  await agent.message("SlaveRegisteredMessage");
  expect((await agent.message("PingSlaveMessage")).body.toString("hex")).toBe("0801");
  using scheduler = await RawScheduler.subscribe(running.port, subscribe);
  await scheduler.event("OFFERS");
  agent.cut();
  await scheduler.event("RESCIND");
  await vi.waitFor(() => expect(agent.received.at(-1)?.body.toString("hex")).toBe("0800"), { timeout: 5000 });
});

test("a scheduler that reads nothing is cut off, the others notice nothing", async () => {
  using quick = await RawScheduler.subscribe(running.port, subscribe);
  await quick.event("SUBSCRIBED");
  const slow = net.connect(running.port, "127.0.0.1");
  slow.on("error", () => {});
  await once(slow, "connect");
  const info = { ...subscribe.subscribe.framework_info, name: "slow" };
  slow.write(requestOf(running.port, JSON.stringify({ type: "SUBSCRIBE", subscribe: { framework_info: info } })));
  const [head] = (await once(slow, "data")) as [Buffer];
  slow.pause();
  const streamId = /Mesos-Stream-Id: (\S+)/i.exec(head.toString())?.[1] ?? "";
  const state = async () =>
    (
      (await get(running.port, "/state")).json as { frameworks: { name: string; id: string; connected: boolean }[] }
    ).frameworks.find((each) => each.name === "slow");
  const { id = "" } = (await state()) ?? {};
  // Each is answered with a status: events pile up that nobody reads.
  const tasks = Array.from({ length: 20_000 }, (_, index) => ({
    task_id: { value: `no-such-task-${index}-${"x".repeat(200)}` },
    agent_id: { value: "nobody" },
  }));
  const reconcile = requestOf(
    running.port,
    JSON.stringify({ type: "RECONCILE", framework_id: { value: id }, reconcile: { tasks } }),
    streamId,
  );
  // An agent of this very master is known not to be there, so that there is an answer.
  const known = Buffer.from(
    reconcile.toString().replaceAll('"nobody"', JSON.stringify(`${id.replace(/-0+\d+$/, "")}-S9`)),
  );
  const sized = known
    .toString()
    .replace(/Content-Length: \d+/, `Content-Length: ${known.byteLength - known.indexOf("\r\n\r\n") - 4}`);
  for (let round = 0; round < 12; round++) {
    if ((await ask(running.port, Buffer.from(sized))).status !== 202) break;
  }
  await vi.waitFor(async () => expect((await state())?.connected).toBe(false), { timeout: 10_000 });
  slow.destroy();
  expect((await quick.call({ type: "REVIVE" })).status).toBe(202);
}, 30_000);
