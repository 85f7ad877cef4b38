import { expect, test, vi } from "vitest";
import { createPaced } from "../src/paced.ts";
import { parseDurationMs } from "../src/parse-duration.ts";
import { readResources, recordedSnapshot } from "./recorded-agent.ts";
import { serveAgent } from "./serve-agent.ts";

const jsonPaths = [
  "/state",
  "/flags",
  "/version",
  "/containers",
  "/monitor/statistics",
  "/containerizer/debug",
  "/metrics/snapshot",
  "/system/stats.json",
  "/files/debug",
  "/__processes__",
];

test.each(jsonPaths)("%s takes jsonp", async (path) => {
  const { url } = await serveAgent();
  const answer = await fetch(`${url}/slave(1)${path}?jsonp=angular.callbacks._3`);
  expect(answer.headers.get("content-type")).toBe("text/javascript");
  const [, json = ""] = /^angular\.callbacks\._3\(([^]*)\);$/.exec(await answer.text()) ?? [];
  expect(JSON.parse(json)).toBeTypeOf("object");
  expect((await fetch(`${url}${path}?jsonp=alert(1)//`)).status).toBe(400);
});

test("/containers shows one when asked for one", async () => {
  const { url } = await serveAgent();
  const all = (await (await fetch(`${url}/containers`)).json()) as { container_id: string }[];
  expect(all).toHaveLength(2);
  const id = all[1]?.container_id ?? "";
  expect(await (await fetch(`${url}/containers?container_id=${id}`)).json()).toEqual([all[1]]);
  expect(await (await fetch(`${url}/containers?container_id=none`)).json()).toEqual([]);
});

test("a container that nothing can be said of just now is still a container", async () => {
  const unknown = () => Promise.reject(new Error("the engine does not answer"));
  const { url } = await serveAgent({
    deps: { containerizer: { usage: unknown, status: unknown, containers: async () => [] } },
  });
  const all = (await (await fetch(`${url}/containers`)).json()) as object[];
  expect(all.map((each) => Object.keys(each))).toEqual(
    [1, 2].map(() => ["executor_id", "executor_name", "framework_id", "source", "container_id"]),
  );
  expect(await (await fetch(`${url}/monitor/statistics`)).json()).toEqual([]);
});

test("a hundred pollers of /monitor/statistics ask the containerizer twice a second, not a hundred times", async () => {
  const agent = await serveAgent();
  const answers = await Promise.all(
    Array.from({ length: 100 }, async () => await (await fetch(`${agent.url}/monitor/statistics`)).json()),
  );
  expect(answers.every((each) => (each as unknown[]).length === 2)).toBe(true);
  expect(agent.asked.length).toBeLessThanOrEqual(4 * 2);
});

test("turns are half a second apart, and who waits for the same turn shares it", async () => {
  vi.useFakeTimers();
  let turns = 0;
  const paced = createPaced(
    { now: () => Date.now(), wait: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)) },
    500,
    async () => (turns += 1),
  );
  expect(await paced()).toBe(1);
  const waiting = Promise.all([paced(), paced(), paced()]);
  await vi.advanceTimersByTimeAsync(499);
  expect(turns).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await waiting).toEqual([2, 2, 2]);
  const next = paced();
  await vi.advanceTimersByTimeAsync(500);
  expect(await next).toBe(3);
  vi.useRealTimers();
});

test("reservations are told apart in /state, in both formats", async () => {
  const totalResources = readResources([
    { name: "cpus", type: "SCALAR", scalar: { value: 4 } },
    { name: "cpus", type: "SCALAR", scalar: { value: 2 }, reservations: [{ type: "STATIC", role: "web" }] },
    {
      name: "mem",
      type: "SCALAR",
      scalar: { value: 64 },
      reservations: [{ type: "DYNAMIC", role: "web", principal: "p" }],
    },
    { name: "cpus", type: "SCALAR", scalar: { value: 1 }, revocable: {} },
  ]);
  const { url } = await serveAgent({ snapshot: { ...recordedSnapshot(), totalResources } });
  const state = (await (await fetch(`${url}/state`)).json()) as Record<string, unknown>;
  expect(state).toMatchObject({
    resources: { cpus: 6, mem: 64, cpus_revocable: 1 },
    reserved_resources: { web: { cpus: 2, mem: 64, disk: 0, gpus: 0 } },
    unreserved_resources: { cpus: 4, mem: 0, cpus_revocable: 1 },
    reserved_resources_full: {
      web: [
        { name: "cpus", role: "web", reservations: [{ type: "STATIC", role: "web" }] },
        {
          name: "mem",
          role: "web",
          reservation: { principal: "p" },
          reservations: [{ type: "DYNAMIC", role: "web", principal: "p" }],
        },
      ],
    },
  });
  const metrics = (await (await fetch(`${url}/metrics/snapshot`)).json()) as Record<string, number>;
  expect([metrics["slave/cpus_total"], metrics["slave/cpus_revocable_total"]]).toEqual([6, 1]);
});

test("attributes, the drain and the log's folder are in /state where there are any", async () => {
  const snapshot = recordedSnapshot();
  const { url } = await serveAgent({
    snapshot: {
      ...snapshot,
      info: {
        ...snapshot.info,
        attributes: [
          { name: "rack", type: "TEXT", text: { value: "r1" } },
          { name: "level", type: "SCALAR", scalar: { value: 3 } },
        ],
      },
      drainConfig: { maxGracePeriod: { nanoseconds: 5_000_000_000n }, markGone: true },
      drainStartTimeMs: 1_700_000_000_500,
    },
    options: { flags: { log_dir: "/var/log/mesos", external_log_file: "/var/log/agent" } },
  });
  expect(await (await fetch(`${url}/state`)).json()).toMatchObject({
    attributes: { rack: "r1", level: 3 },
    drain_config: { max_grace_period: { nanoseconds: 5_000_000_000 }, mark_gone: true },
    estimated_drain_start_time_seconds: 1_700_000_000.5,
    log_dir: "/var/log/mesos",
    external_log_file: "/var/log/agent",
  });
});

test("/metrics is what Prometheus reads", async () => {
  const { url } = await serveAgent({
    deps: { metricsSources: [() => ({ "containerizer/docker/image_pull_ms/p50": 1.5 })] },
  });
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await answer.text()).split("\n");
  expect(lines).toContain("mesos_slave_tasks_running 2");
  expect(lines).toContain("# TYPE mesos_slave_tasks_running gauge");
  expect(lines).toContain("# TYPE mesos_slave_tasks_finished counter");
  expect(lines).toContain("mesos_containerizer_docker_image_pull_ms_p50 1.5");
  // A second scrape has nothing of the first.
  expect(
    (await (await fetch(`${url}/metrics`)).text()).split("\n").filter((line) => line === "mesos_slave_tasks_running 2"),
  ).toHaveLength(1);
});

test("a thousand requests at once are all answered", async () => {
  const { url } = await serveAgent();
  const paths = ["/state", "/health", "/flags", "/nothing", "/metrics/snapshot"];
  const statuses = await Promise.all(
    Array.from({ length: 1000 }, async (_, index) => {
      const answer = await fetch(url + (paths[index % paths.length] ?? ""));
      await answer.arrayBuffer();
      return answer.status;
    }),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 404]));
  expect(statuses.filter((status) => status === 404)).toHaveLength(200);
});

test.each([
  ["5secs", 5000],
  ["1.5mins", 90_000],
  ["1weeks", 604_800_000],
  ["250ms", 250],
  ["1000ns", 0.001],
  ["", undefined],
  ["5", undefined],
  ["secs", undefined],
  ["-5secs", undefined],
  ["5 parsecs", undefined],
  ["99999999weeks", undefined],
])("%j is %s milliseconds", (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});
