import { decodeMessage, encodeMessage, toMesosJson } from "@berth/proto";
import { Call, Response } from "@berth/proto/v1/agent";
import { recordedAnswer } from "@berth/testkit";
import { expect, test } from "vitest";
import { recordedSnapshot } from "./recorded-agent.ts";
import { serveAgent } from "./serve-agent.ts";
import { shapeOf } from "./shape.ts";

test.each([
  ["/state", "agent.state.trimmed"],
  ["/flags", "agent.flags"],
  ["/containers", "agent.containers"],
  ["/monitor/statistics", "agent.monitor_statistics"],
  ["/version", "root5051.version"],
])("%s has the keys and types of the original's", async (path, recording) => {
  const { url } = await serveAgent();
  for (const prefix of ["", "/slave(1)", "/slave%281%29"]) {
    const answer = await fetch(url + prefix + path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(shapeOf(trimmed(await answer.json()))).toEqual(shapeOf(recordedAnswer(recording).json));
  }
});

test("/state says the same as the original where the data are the same", async () => {
  const recorded = recordedAnswer("agent.state.trimmed").json as { flags: Record<string, string> };
  const { url } = await serveAgent({ options: { flags: recorded.flags } });
  const ours = await (await fetch(`${url}/state`)).json();
  // Which completed tasks are there differs: the recordings were trimmed one by one.
  const { completed_frameworks: _, ...expected } = recorded as Record<string, unknown>;
  expect(trimmed(ours)).toMatchObject(expected);
});

test("/health is empty, as the original's", async () => {
  const { url } = await serveAgent();
  const answer = await fetch(`${url}/health`);
  expect([answer.status, answer.headers.get("content-length"), answer.headers.get("content-type")]).toEqual([
    200,
    "0",
    null,
  ]);
  expect(answer.headers.get("date")).not.toBeNull();
});

test("/logging/toggle says the level in the original's form", async () => {
  const { url } = await serveAgent();
  const answer = await fetch(`${url}/logging/toggle`);
  const { headers } = recordedAnswer("root5051.logging_toggle");
  expect(headers).toContain(`Content-Type: ${answer.headers.get("content-type")}`);
  expect(await answer.text()).toBe("0\n");
});

test("/metrics/snapshot has every name that the original has of ours, all of them numbers", async () => {
  const { url } = await serveAgent();
  const ours = (await (await fetch(`${url}/metrics/snapshot`)).json()) as Record<string, unknown>;
  const recorded = Object.keys(recordedAnswer("root5051.metrics_snapshot").json as object);
  // The Docker containerizer's pull timer comes from the source that counts it.
  const names = recorded.filter((name) => !name.startsWith("containerizer/docker/"));
  expect(Object.keys(ours)).toEqual(names.sort());
  expect(Object.values(ours).filter((value) => typeof value !== "number")).toEqual([]);
  expect(ours).toMatchObject({
    "slave/cpus_total": 16,
    "slave/cpus_used": 0.22,
    "slave/cpus_percent": 0.01375,
    "slave/mem_used": 128,
    "slave/registered": 1,
    "slave/uptime_secs": 5,
    "slave/tasks_running": 2,
  });
});

const calls = [
  ["GET_HEALTH", "agent.v1.GET_HEALTH"],
  ["GET_FLAGS", "agent.v1.GET_FLAGS"],
  ["GET_VERSION", "agent.v1.GET_VERSION"],
  ["GET_LOGGING_LEVEL", "agent.v1.GET_LOGGING_LEVEL"],
  ["GET_AGENT", "agent.v1.GET_AGENT"],
  ["GET_CONTAINERS", "agent.v1.GET_CONTAINERS"],
  ["GET_EXECUTORS", "agent.v1.GET_EXECUTORS"],
  ["GET_FRAMEWORKS", "agent.v1.GET_FRAMEWORKS"],
  ["GET_OPERATIONS", "agent.v1.GET_OPERATIONS"],
  ["GET_RESOURCE_PROVIDERS", "agent.v1.GET_RESOURCE_PROVIDERS"],
  ["GET_STATE", "agent.v1.GET_STATE.trimmed"],
  ["GET_TASKS", "agent.v1.GET_TASKS.trimmed"],
] as const;

test.each(calls)("%s in JSON has the keys and types of the original's", async (type, recording) => {
  const { url } = await serveAgent();
  const answer = await fetch(`${url}/api/v1`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ type }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(shapeOf(await answer.json())).toEqual(shapeOf(known(recordedAnswer(recording).json)));
});

test.each(calls)("%s in protobuf carries the same", async (type, recording) => {
  const { url } = await serveAgent();
  const answer = await fetch(`${url}/slave(1)/api/v1`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", accept: "application/x-protobuf" },
    body: encodeMessage(Call, { type }),
  });
  expect(answer.headers.get("content-type")).toBe("application/x-protobuf");
  const message = decodeMessage(Response, await answer.bytes());
  if (!message.ok) throw new Error("no Response");
  const json: unknown = JSON.parse(toMesosJson(Response, message.value));
  // JSON of protobuf has no empty lists, the original's hand-written JSON has.
  const empty = type === "GET_TASKS" || type === "GET_STATE" ? /(pending|queued)_tasks\[\]$/ : /^$/;
  const expected = shapeOf(known(recordedAnswer(recording).json)).filter((line) => !empty.test(line));
  expect(shapeOf(json)).toEqual(expected);
});

/** As the recordings were: two of the resources, and no pid of an executor, which none of the two tasks had. */
function trimmed(ours: unknown): unknown {
  return JSON.parse(JSON.stringify(ours), (key, value: unknown) => {
    if (key === "unreserved_resources_full" && Array.isArray(value)) return value.slice(0, 2);
    return key === "executor_pid" ? undefined : value;
  });
}

/** Of frameworks and executors the recording has hundreds; ours are those of the trimmed state. */
function known(recorded: unknown): unknown {
  const snapshot = recordedSnapshot();
  const ids = new Set([...snapshot.frameworks, ...snapshot.completedFrameworks].map(({ info }) => info.id?.value));
  return JSON.parse(JSON.stringify(recorded), (key, value: unknown) => {
    if (key !== "completed_frameworks" || !Array.isArray(value)) return value;
    return value.filter((each: { framework_info: { id: { value: string } } }) => ids.has(each.framework_info.id.value));
  });
}
