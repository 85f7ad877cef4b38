import { decodeMessage, encodeMessage } from "@berth/proto";
import { Call, Call_Type, Response } from "@berth/proto/v1/agent";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { recordedSnapshot } from "./recorded-agent.ts";
import { type ServedAgent, serveAgent } from "./serve-agent.ts";

const json = { "content-type": "application/json" };

async function post(
  agent: ServedAgent,
  body: unknown,
  headers: Record<string, string> = json,
): Promise<[number, string]> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${agent.url}/api/v1`, { method: "POST", headers, body: text });
  return [answer.status, await answer.text()];
}

test.each([
  [{}, "{}", 400, "Content-Type"],
  [{ "content-type": "text/xml" }, "{}", 415, "application/json"],
  [{ "content-type": "application/recordio" }, "{}", 415, "application/x-protobuf"],
  [{ ...json, "message-content-type": "application/json" }, "{}", 415, "Message-Content-Type"],
  [{ ...json, accept: "text/html" }, "not json", 406, "Accept"],
  [{ ...json, accept: "application/json;q=0" }, "{}", 406, "Accept"],
  [json, "not json", 400, "Failed to parse body into JSON"],
  [json, "", 400, "Failed to parse body into JSON"],
  [json, "[]", 400, "Failed to convert JSON into Call protobuf"],
  [json, '{"type":{}}', 400, "Failed to convert JSON into Call protobuf"],
  [json, "{}", 400, "Expecting 'type' to be present"],
  [json, '{"type":"GET_NOTHING_OF_THE_KIND"}', 400, "Expecting 'type' to be present"],
  [json, '{"type":"UNKNOWN"}', 501, "not known"],
  [json, '{"type":"GET_METRICS"}', 400, "Expecting 'get_metrics' to be present"],
  [json, '{"type":"LIST_FILES"}', 400, "Expecting 'list_files' to be present"],
  [json, '{"type":"READ_FILE"}', 400, "Expecting 'read_file' to be present"],
  [json, '{"type":"READ_FILE","read_file":{"path":"/x"}}', 400, "offset"],
  [json, '{"type":"SET_LOGGING_LEVEL"}', 400, "Expecting 'set_logging_level' to be present"],
  [{ "content-type": "application/x-protobuf" }, "\u0007\u0007", 400, "Failed to parse body into Call protobuf"],
])("%j with %j is refused", async (headers, body, status, words) => {
  const { url } = await serveAgent();
  const answer = await fetch(`${url}/api/v1`, {
    method: "POST",
    headers: new Headers(headers),
    body: Buffer.from(body),
  });
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(words)]);
  expect(answer.headers.get("content-type")).toMatch("text/plain");
});

test.each(["/api/v1/executor", "/slave(1)/api/v1/executor", "/api/v1/scheduler"])("%s is not there", async (path) => {
  const { url } = await serveAgent({ endpoints: { processIds: ["slave(1)"] } });
  const subscribe = {
    type: "SUBSCRIBE",
    executor_id: { value: "e" },
    framework_id: { value: "f" },
    subscribe: { unacknowledged_tasks: [], unacknowledged_updates: [] },
  };
  const answer = await fetch(`${url}${path}`, { method: "POST", headers: json, body: JSON.stringify(subscribe) });
  expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringContaining("agent::Call")]);
});

test("every call of the table is answered, or refused by name", async () => {
  const agent = await serveAgent();
  const types = Object.values(Call_Type).filter((type) => type !== "UNKNOWN" && type !== "UNRECOGNIZED");
  const answers = new Map<string, readonly [number, string]>();
  for (const type of types) {
    answers.set(
      type,
      await post(agent, {
        type,
        get_metrics: {},
        list_files: { path: "/" },
        read_file: { path: "/", offset: 0 },
        set_logging_level: { level: 0, duration: { nanoseconds: 0 } },
      }),
    );
  }
  const refused = [...answers].filter(([, [status]]) => status === 501);
  expect(refused.map(([type]) => type)).toEqual(
    types.filter(
      (type) =>
        /CONTAINER(_|$)|PROVIDER_|PRUNE/.test(type) && type !== "GET_CONTAINERS" && type !== "GET_RESOURCE_PROVIDERS",
    ),
  );
  for (const [type, [, text]] of refused) expect(text).toContain(type);
  const rest = [...answers].filter(([, [status]]) => status !== 501);
  expect(rest.filter(([, [status]]) => status !== 200).map(([type]) => type)).toEqual(["LIST_FILES", "READ_FILE"]);
});

test("a charset, camelCase, unknown fields and enum values change nothing", async () => {
  const agent = await serveAgent();
  const call = {
    type: "GET_HEALTH",
    getContainers: { showNested: true },
    whatever: [{}],
    container: { type: "NEW" },
  };
  expect(
    await post(agent, call, { "content-type": "application/json; charset=utf-8", accept: "text/html, */*;q=0.1" }),
  ).toEqual([200, '{"type":"GET_HEALTH","get_health":{"healthy":true}}']);
});

test("the answer's encoding is the one that Accept allows, JSON first", async () => {
  const { url } = await serveAgent();
  const typeFor = async (accept: string) => {
    const answer = await fetch(`${url}/api/v1`, {
      method: "POST",
      headers: { ...json, accept },
      body: '{"type":"GET_HEALTH"}',
    });
    return answer.headers.get("content-type");
  };
  expect(await typeFor("*/*")).toBe("application/json");
  expect(await typeFor("application/x-protobuf")).toBe("application/x-protobuf");
  expect(await typeFor("application/x-protobuf, application/json;q=0.1")).toBe("application/json");
  expect(await typeFor("application/json;q=0, application/*")).toBe("application/x-protobuf");
});

test("while the agent recovers the API answers 503, before it looks at the method; health, flags and metrics go on", async () => {
  const agent = await serveAgent();
  agent.session.recovering = true;
  expect(await post(agent, { type: "GET_HEALTH" })).toEqual([503, "Agent has not finished recovery"]);
  const status = async (path: string) => (await fetch(agent.url + path)).status;
  expect(await status("/api/v1")).toBe(503);
  for (const path of ["/state", "/containers", "/monitor/statistics"]) expect(await status(path)).toBe(503);
  for (const path of ["/health", "/version", "/flags", "/metrics/snapshot", "/files/debug"])
    expect(await status(path)).toBe(200);
  agent.session.recovering = false;
  expect(await status("/state")).toBe(200);
});

test("the realms of the original are asked, /health and /version never", async () => {
  const asked: string[] = [];
  const authenticator = (realm: string) => ({
    authenticate() {
      asked.push(realm);
      return { ok: false, challenge: `Basic realm="${realm}"` } as const;
    },
  });
  const realms = ["mesos-agent-readonly", "mesos-agent-readwrite"];
  const { url } = await serveAgent({
    endpoints: { authenticate: Object.fromEntries(realms.map((realm) => [realm, authenticator(realm)])) },
  });
  const realmOf = async (path: string) => (await fetch(url + path)).headers.get("www-authenticate");
  for (const path of [
    "/state",
    "/flags",
    "/monitor/statistics",
    "/containers",
    "/containerizer/debug",
    "/metrics/snapshot",
    "/metrics",
    "/system/stats.json",
    "/files/read",
    "/files/browse",
    "/files/download",
    "/files/debug",
  ]) {
    expect([path, await realmOf(path)]).toEqual([path, 'Basic realm="mesos-agent-readonly"']);
  }
  for (const path of ["/api/v1", "/logging/toggle"])
    expect([path, await realmOf(path)]).toEqual([path, 'Basic realm="mesos-agent-readwrite"']);
  expect([await realmOf("/health"), await realmOf("/version")]).toEqual([null, null]);
});

test("READ_FILE has bytes as they are, 16 pages at most, and the file's size", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "berth-read-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
  writeFileSync(path.join(directory, "bytes"), bytes);
  const { url } = await serveAgent({ sandboxes: { "/s": directory } });
  const read = async (offset: bigint, length?: bigint) => {
    const answer = await fetch(`${url}/api/v1`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", accept: "application/x-protobuf" },
      body: encodeMessage(Call, { type: "READ_FILE", readFile: { path: "/s/bytes", offset, length } }),
    });
    const message = decodeMessage(Response, await answer.bytes());
    if (!message.ok || message.value.readFile === undefined) throw new Error("no READ_FILE");
    return message.value.readFile;
  };
  const first = await read(0n);
  expect(first.size).toBe(70_000n);
  expect(Buffer.from(first.data ?? []).equals(bytes.subarray(0, 65_536))).toBe(true);
  expect(Buffer.from((await read(65_536n)).data ?? []).equals(bytes.subarray(65_536))).toBe(true);
  expect(Buffer.from((await read(3n, 2n)).data ?? [])).toEqual(Buffer.from([3, 4]));
  expect(await read(2n ** 63n)).toEqual({
    size: 70_000n,
    data: expect.toSatisfy((data: Uint8Array) => data.length === 0),
  });
});

test("LIST_FILES has what a listing needs", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "berth-list-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(path.join(directory, "a"), "1234");
  const agent = await serveAgent({ sandboxes: { "/s": directory } });
  const [status, text] = await post(agent, { type: "LIST_FILES", list_files: { path: "/s" } });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    type: "LIST_FILES",
    list_files: {
      file_infos: [
        {
          path: "/s/a",
          nlink: 1,
          size: 4,
          mtime: { nanoseconds: expect.any(Number) },
          mode: 0o100644,
          uid: expect.any(String),
          gid: expect.any(String),
        },
      ],
    },
  });
});

test("the level of the log changes for a time, by either API, and falls back", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const agent = await serveAgent();
  const set = { type: "SET_LOGGING_LEVEL", set_logging_level: { level: 2, duration: { nanoseconds: 60e9 } } };
  expect(await post(agent, set)).toEqual([200, ""]);
  expect(agent.log.level).toBe("debug");
  expect(await post(agent, { type: "GET_LOGGING_LEVEL" })).toEqual([
    200,
    '{"type":"GET_LOGGING_LEVEL","get_logging_level":{"level":2}}',
  ]);
  vi.advanceTimersByTime(59_999);
  expect(agent.log.level).toBe("debug");
  vi.advanceTimersByTime(1);
  expect(agent.log.level).toBe("info");

  const toggle = async (query: string) => {
    const answer = await fetch(`${agent.url}/logging/toggle${query}`);
    return [answer.status, await answer.text()];
  };
  expect(await toggle("?level=1&duration=8weeks")).toEqual([200, ""]);
  expect(await toggle("")).toEqual([200, "1\n"]);
  vi.advanceTimersByTime(2 ** 31);
  expect(agent.log.level).toBe("debug");
  vi.advanceTimersByTime(8 * 7 * 86_400_000 - 2 ** 31);
  expect(agent.log.level).toBe("info");
  for (const query of [
    "?level=1",
    "?duration=1secs",
    "?level=-1&duration=1secs",
    "?level=x&duration=1secs",
    "?level=1&duration=soon",
  ]) {
    expect((await toggle(query))[0]).toBe(400);
  }
});

test("GET_METRICS waits for slow sources no longer than asked", async () => {
  const never = new Promise<Record<string, number>>(() => {});
  const agent = await serveAgent({
    deps: {
      metricsSources: [
        () => ({ "containerizer/fetcher/task_fetches_failed": 7 }),
        () => never,
        () => Promise.reject(new Error("broken")),
      ],
    },
  });
  const [, text] = await post(agent, { type: "GET_METRICS", get_metrics: { timeout: { nanoseconds: 1_000_000 } } });
  const { metrics } = (JSON.parse(text) as { get_metrics: { metrics: { name: string; value: number }[] } }).get_metrics;
  expect(metrics).toContainEqual({ name: "containerizer/fetcher/task_fetches_failed", value: 7 });
  expect(metrics).toContainEqual({ name: "slave/tasks_running", value: 2 });
  const snapshot = await fetch(`${agent.url}/metrics/snapshot?timeout=1ms`);
  expect(await snapshot.json()).toMatchObject({ "containerizer/fetcher/task_fetches_failed": 7 });
  expect((await fetch(`${agent.url}/metrics/snapshot?timeout=soon`)).status).toBe(400);
});

test("queued and pending tasks are shown as staging", async () => {
  const snapshot = recordedSnapshot();
  const [framework] = snapshot.frameworks;
  if (framework === undefined) throw new Error("no framework");
  const task = {
    name: "next",
    taskId: { value: "next-1" },
    agentId: { value: "a" },
    resources: framework.executors[0]?.launchedTasks[0]?.resources ?? [],
    command: { value: "true", user: "nobody" },
  };
  const waiting = {
    ...framework,
    pendingTasks: [task],
    executors: framework.executors.map((each, index) => (index === 0 ? { ...each, queuedTasks: [task] } : each)),
  };
  const agent = await serveAgent({ snapshot: { ...snapshot, frameworks: [waiting] } });
  const [, text] = await post(agent, { type: "GET_TASKS" });
  const { get_tasks: tasks } = JSON.parse(text) as { get_tasks: Record<string, unknown[]> };
  const shown = {
    name: "next",
    task_id: { value: "next-1" },
    framework_id: framework.info.id,
    state: "TASK_STAGING",
    user: "nobody",
  };
  expect(tasks["queued_tasks"]).toEqual([expect.objectContaining(shown)]);
  expect(tasks["pending_tasks"]).toEqual([expect.objectContaining(shown)]);
  const state = (await (await fetch(`${agent.url}/state`)).json()) as {
    frameworks: { executors: { queued_tasks: unknown[] }[] }[];
  };
  expect(state.frameworks[0]?.executors[0]?.queued_tasks).toEqual([
    {
      id: "next-1",
      name: "next",
      slave_id: "a",
      resources: expect.any(Object),
      role: "*",
      command: { user: "nobody", shell: true, value: "true" },
    },
  ]);
});
