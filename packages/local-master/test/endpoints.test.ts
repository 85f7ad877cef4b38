import { recordedAnswer, recordedMessages, type RecordedMessage } from "@berth/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNamed, RawAgent } from "./raw-agent.ts";
import { ask, get, RawScheduler, requestOf } from "./raw-scheduler.ts";
import { startMaster, type TestMaster } from "./start-master.ts";

let running: TestMaster;
let agent: RawAgent;
let schedulers: RawScheduler[];

/** One framework with a running task, and one that is over with a task that has finished. */
beforeAll(async () => {
  const id = "18e95288-17a4-408b-a60f-53eada1790b9";
  running = await startMaster(
    { build: { buildDate: "2026-01-01 00:00:00 UTC", buildTime: 1, buildUser: "u", gitSha: "c0ffee" } },
    [id],
  );
  agent = await RawAgent.start(running.port);
  await agent.replay(recordedMessages("s2", "RegisterSlaveMessage")[0] as RecordedMessage);
  await agent.message("SlaveRegisteredMessage");
  const framework = {
    user: "root",
    name: "bench",
    checkpoint: true,
    failover_timeout: 0,
    roles: ["*"],
    capabilities: [{ type: "MULTI_ROLE" }],
  };
  const accept = JSON.parse(
    Buffer.from((recordedMessages("s2", "POST_api_v1_scheduler")[1] as RecordedMessage).body).toString(),
  ) as { accept: object };
  const updates = recordedMessages("s2", "POST_master_mesos.internal.StatusUpdateMessage");
  const first = await RawScheduler.subscribe(running.port, {
    type: "SUBSCRIBE",
    subscribe: { framework_info: framework },
  });
  await first.event("OFFERS");
  await first.call(accept);
  for (const update of updates) await agent.replay(update);
  await first.event("UPDATE", 2);
  await first.call({ type: "TEARDOWN" });
  const second = await RawScheduler.subscribe(running.port, {
    type: "SUBSCRIBE",
    subscribe: { framework_info: { ...framework, failover_timeout: 60 } },
  });
  const offer = (await second.event("OFFERS")).offers?.offers?.[0];
  await second.call({ type: "ACCEPT", accept: { ...accept.accept, offer_ids: [{ value: offer?.id?.value }] } });
  await agent.message("RunTaskMessage", 1);
  schedulers = [first, second];
});

afterAll(async () => {
  for (const scheduler of schedulers) scheduler[Symbol.dispose]();
  await agent[Symbol.asyncDispose]();
  await running[Symbol.asyncDispose]();
});

test.each([
  ["/state", "master.state.trimmed"],
  ["/master/state", "master.state.trimmed"],
  ["/slaves", "master.slaves"],
  ["/master/slaves", "master.slaves"],
  ["/tasks", "master.tasks"],
  ["/master/tasks", "master.tasks"],
  ["/version", "root5050.version"],
])("GET %s has the keys and types of the recorded %s", async (path, recorded) => {
  const answer = await get(running.port, path);
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(missing(recordedAnswer(recorded).json, answer.json)).toEqual([]);
});

test("GET /frameworks has the frameworks of /state", async () => {
  const state = (await get(running.port, "/state")).json as Record<string, unknown>;
  const answer = (await get(running.port, "/master/frameworks")).json as Record<string, unknown>;
  expect(answer).toEqual({
    frameworks: state["frameworks"],
    completed_frameworks: state["completed_frameworks"],
    unregistered_frameworks: [],
  });
  const one = (await get(running.port, "/frameworks?framework_id=nobody")).json as Record<string, unknown>;
  expect(one["frameworks"]).toEqual([]);
});

test("what /state tells is so", async () => {
  const { json } = await get(running.port, "/state");
  expect(json).toMatchObject({
    pid: `master@127.0.0.1:${running.port}`,
    leader: `master@127.0.0.1:${running.port}`,
    activated_slaves: 1,
    slaves: [{ pid: agent.pid, active: true, used_resources: { cpus: 0.01, mem: 32, disk: 0, gpus: 0 } }],
    frameworks: [{ connected: true, tasks: [{ id: "kill-0", state: "TASK_STAGING" }] }],
    completed_frameworks: [{ connected: false, completed_tasks: [{ id: "kill-0", state: "TASK_KILLED" }] }],
    flags: { agent_ping_timeout: "15secs", agent_reregister_timeout: "10mins", allocation_interval: "1secs" },
  });
});

test("GET /flags is strings by name, each one that the original has too", async () => {
  const { json } = await get(running.port, "/flags");
  const { flags } = json as { flags: Record<string, unknown> };
  const known = (recordedAnswer("root5050.flags").json as { flags: Record<string, unknown> }).flags;
  expect(Object.keys(flags).filter((name) => typeof known[name] !== typeof flags[name])).toEqual([]);
});

test("GET /health is empty, /redirect leads to itself, what is not there is 404, another method 405", async () => {
  expect(await get(running.port, "/master/health")).toMatchObject({ status: 200, text: "" });
  const redirect = await get(running.port, "/redirect");
  expect(redirect).toMatchObject({ status: 307, headers: { location: `//127.0.0.1:${running.port}` } });
  expect((await get(running.port, "/master/nothing")).status).toBe(404);
  const post = await ask(
    running.port,
    Buffer.from("POST /state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
  );
  expect(post.status).toBe(405);
});

test("?jsonp= wraps", async () => {
  const answer = await get(running.port, "/version?jsonp=cb");
  expect(answer.headers["content-type"]).toMatch(/javascript/);
  expect(answer.text).toMatch(/^cb\(\{.*\}\);?$/s);
});

test("GET /tasks can be cut and sought in", async () => {
  const tasks = async (query: string) =>
    ((await get(running.port, `/tasks?${query}`)).json as { tasks: { framework_id: string }[] }).tasks;
  expect(await tasks("")).toHaveLength(2);
  expect(await tasks("limit=1")).toHaveLength(1);
  expect(await tasks("offset=2")).toHaveLength(0);
  expect(await tasks("task_id=nobody")).toHaveLength(0);
  expect(await tasks(`framework_id=${schedulers[0]?.frameworkId}`)).toHaveLength(1);
  const [newest, oldest] = await tasks("order=desc");
  expect(await tasks("order=asc")).toEqual([oldest, newest]);
});

test("GET /metrics/snapshot is numbers by name", async () => {
  const { json } = await get(running.port, "/metrics/snapshot");
  expect(Object.values(json as object).every((value) => typeof value === "number")).toBe(true);
  expect(json).toMatchObject({
    "master/elected": 1,
    "master/slaves_active": 1,
    "master/tasks_killed": 1,
    "master/tasks_staging": 1,
    "master/tasks_launched": 2,
    "master/cpus_total": 16,
    "master/cpus_used": 0.01,
  });
});

test.each(["GET_HEALTH", "GET_VERSION", "GET_MASTER", "GET_AGENTS", "GET_FRAMEWORKS", "GET_EXECUTORS", "GET_FLAGS"])(
  "POST /api/v1 %s has the keys and types of the recorded answer",
  async (type) => {
    const answer = await operator({ type });
    expect(answer.status).toBe(200);
    const recorded = recordedAnswer(`master.v1.${type}`).json;
    expect(missing(recorded, JSON.parse(answer.text))).toEqual([]);
  },
);

test("POST /api/v1 GET_STATE and GET_TASKS know the tasks; what is not served is 501, what is no call 400 or 415", async () => {
  const tasks = {
    tasks: [{ task_id: { value: "kill-0" }, state: "TASK_STAGING" }],
    completed_tasks: [{ state: "TASK_KILLED" }],
  };
  expect(JSON.parse((await operator({ type: "GET_TASKS" })).text)).toMatchObject({
    type: "GET_TASKS",
    get_tasks: tasks,
  });
  expect(JSON.parse((await operator({ type: "GET_STATE" })).text)).toMatchObject({ get_state: { get_tasks: tasks } });
  expect((await operator({ type: "MARK_AGENT_GONE" })).status).toBe(501);
  expect((await operator({})).status).toBe(400);
  expect((await operator("null")).status).toBe(400);
  const protobuf =
    "POST /api/v1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
  expect((await ask(running.port, Buffer.from(protobuf))).status).toBe(415);
});

test("POST /api/v1 DRAIN_AGENT, DEACTIVATE_AGENT, REACTIVATE_AGENT change an agent that is there", async () => {
  const id = { value: "18e95288-17a4-408b-a60f-53eada1790b9-S0" };
  const drain = (more: object) => operator({ type: "DRAIN_AGENT", drain_agent: { agent_id: id, ...more } });
  expect((await drain({ agent_id: { value: "nobody" } })).status).toBe(404);
  expect((await drain({ agent_id: undefined })).status).toBe(400);
  expect((await drain({ max_grace_period: { seconds: -1 } })).status).toBe(400);
  expect((await drain({ max_grace_period: { seconds: 10 } })).status).toBe(200);
  const sent = await agent.message("DrainSlaveMessage");
  expect(decodeNamed("DrainSlaveMessage", sent.body)).toEqual({
    config: { maxGracePeriod: { nanoseconds: 10_000_000_000n }, markGone: false },
  });
  const [slave] = ((await get(running.port, "/slaves")).json as { slaves: object[] }).slaves;
  expect(slave).toMatchObject({ deactivated: true, drain_info: { state: "DRAINING" } });
  expect((await operator({ type: "REACTIVATE_AGENT", reactivate_agent: { agent_id: id } })).status).toBe(200);
  expect((await operator({ type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id: id } })).status).toBe(200);
});

async function operator(call: object | string) {
  const request = requestOf(running.port, typeof call === "string" ? call : JSON.stringify(call));
  return ask(running.port, Buffer.from(request.toString().replace("/api/v1/scheduler", "/api/v1")));
}

/** Where `actual` lacks a key of `wanted` or has another type there; of a list its first element stands for all. */
function missing(wanted: unknown, actual: unknown, path = ""): string[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual)) return [`${path}: no list`];
    return wanted.length === 0 || actual.length === 0 ? [] : missing(wanted[0], actual[0], `${path}[]`);
  }
  if (typeof wanted !== "object" || wanted === null) {
    return typeof wanted === typeof actual ? [] : [`${path}: ${typeof actual} instead of ${typeof wanted}`];
  }
  if (typeof actual !== "object" || actual === null) return [`${path}: no object`];
  // Flags are the original's own; ours are compared in a test of theirs.
  return Object.entries(wanted).flatMap(([key, each]) => {
    if (path.endsWith(".flags") || optional.has(key)) return [];
    return missing(each, (actual as Record<string, unknown>)[key], `${path}.${key}`);
  });
}

/** What depends on the life of the agent or framework in the recording. */
const optional = new Set(["reregistered_time", "container_status", "statuses"]);
