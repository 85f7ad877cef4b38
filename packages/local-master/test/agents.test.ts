import type { FrameworkInfo, Task } from "@berth/proto/v1";
import { ExecutorToFrameworkMessage, UpdateSlaveMessage } from "@berth/proto/internal/messages";
import { expect, test } from "vitest";
import { Driver, type Subscription, task } from "./driver.ts";

const checkpointing = { checkpoint: true, failoverTimeout: 3600 };

function running(info: FrameworkInfo = checkpointing) {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe(info);
  framework.launch([task("a")]);
  driver.update(agentId, framework.frameworkId, "a", "TASK_RUNNING");
  return { driver, agentId, framework };
}

/** As the agent lists a task when it re-registers. */
function listed(agentId: string, frameworkId: string, id: string, more: Task = {}): Task {
  return {
    name: id,
    taskId: { value: id },
    frameworkId: { value: frameworkId },
    agentId: { value: agentId },
    state: "TASK_RUNNING",
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 1 }, role: "*", allocationInfo: { role: "*" } },
      { name: "mem", type: "SCALAR", scalar: { value: 64 }, role: "*", allocationInfo: { role: "*" } },
    ],
    ...more,
  };
}

function infoOf(driver: Driver, framework: Subscription): FrameworkInfo {
  return driver.books.frameworks.get(framework.frameworkId)?.info ?? {};
}

test("an agent that did not hear the answer gets its id again", () => {
  const driver = new Driver();
  const first = driver.register();
  expect(driver.register()).toBe(first);
  expect(driver.sent("SlaveRegisteredMessage").map((sent) => sent.value)).toEqual([
    { slaveId: { value: "m-S0" }, connection: { totalPingTimeoutSeconds: 75 } },
    { slaveId: { value: "m-S0" }, connection: { totalPingTimeoutSeconds: 75 } },
  ]);
  expect(driver.sent("PingSlaveMessage")).toHaveLength(1);
});

test.each(["0.28.1", "", "one", "1.2", undefined])("an agent of version %j is not answered", (version) => {
  const driver = new Driver();
  driver.register(undefined, 5051, { version });
  expect(driver.books.agents.size).toBe(0);
  expect(driver.sent("SlaveRegisteredMessage")).toHaveLength(0);
});

test("an agent with invalid resources is not answered", () => {
  const driver = new Driver();
  const wrong = [{ name: "cpus", type: "SCALAR", scalar: { value: -1 } }];
  driver.register(undefined, 5051, { slave: { hostname: "h", resources: wrong } });
  expect(driver.books.agents.size).toBe(0);
});

test("pings say whether the agent is connected; five without a pong and it is unreachable, 75 s after the first", () => {
  const { driver, agentId, framework } = running();
  const hold = framework.offers().length;
  driver.pass(14_900);
  driver.pass(75_000, { pongs: false });
  expect(driver.books.agents.has(agentId)).toBe(true);
  driver.pass(100, { pongs: false });
  expect(driver.books.agents.has(agentId)).toBe(false);
  expect(framework.statuses().at(-1)).toMatchObject({
    taskId: { value: "a" },
    state: "TASK_LOST",
    source: "SOURCE_MASTER",
    reason: "REASON_AGENT_REMOVED",
    unreachableTime: { nanoseconds: BigInt(driver.now) * 1_000_000n },
  });
  expect(
    framework
      .events()
      .map((event) => event.type)
      .filter((type) => type !== "HEARTBEAT")
      .slice(-3),
  ).toEqual(["UPDATE", "RESCIND", "FAILURE"]);
  expect(framework.offers()).toHaveLength(hold);
  expect(driver.books.offers.size).toBe(0);
});

test("a partition-aware framework hears that the task is unreachable, and that it is back", () => {
  const { driver, agentId, framework } = running({ ...checkpointing, capabilities: [{ type: "PARTITION_AWARE" }] });
  driver.pass(91_000, { pongs: false });
  expect(framework.statuses().at(-1)).toMatchObject({ state: "TASK_UNREACHABLE" });
  framework.call({ type: "RECONCILE", reconcile: { tasks: [{ taskId: { value: "a" } }] } });
  expect(framework.statuses().at(-1)).toMatchObject({ state: "TASK_UNREACHABLE", reason: "REASON_RECONCILIATION" });
  expect(framework.statuses().at(-1)?.unreachableTime).toBeDefined();

  driver.reregister(agentId, [listed(agentId, "m-0000", "a")], [infoOf(driver, framework)]);
  expect(framework.statuses().at(-1)).toMatchObject({
    state: "TASK_RUNNING",
    source: "SOURCE_MASTER",
    reason: "REASON_AGENT_REREGISTERED",
  });
  expect(driver.names().slice(-2)).toEqual(["SlaveReregisteredMessage", "UpdateFrameworkMessage"]);
  expect(driver.sent("SlaveReregisteredMessage")[0]?.value["reconciliations"] ?? []).toEqual([]);
  expect(driver.books.frameworks.get("m-0000")?.unreachableTasks.size).toBe(0);
});

test("a launch that an unreachable agent never got is gone when the agent is back without it", () => {
  const { driver, agentId, framework } = running({ ...checkpointing, capabilities: [{ type: "PARTITION_AWARE" }] });
  driver.pass(91_000, { pongs: false });
  driver.reregister(agentId, [], [infoOf(driver, framework)]);
  framework.call({
    type: "RECONCILE",
    reconcile: { tasks: [{ taskId: { value: "a" }, agentId: { value: agentId } }] },
  });
  expect(framework.statuses().at(-1)).toMatchObject({ state: "TASK_GONE", reason: "REASON_RECONCILIATION" });
  expect(driver.books.frameworks.get("m-0000")?.unreachableTasks.size).toBe(0);
});

test("the end of the connection rescinds offers and ends what does not checkpoint, nothing else", () => {
  const { driver, agentId, framework } = running();
  const plain = driver.subscribe({ name: "g" });
  framework.call({
    type: "DECLINE",
    decline: { offerIds: framework.offers().map((offer) => offer.id ?? {}), filters: { refuseSeconds: 1e6 } },
  });
  plain.launch([task("p")]);
  driver.turn({ type: "agent-link-ended", agentId });
  expect(plain.statuses()).toMatchObject([{ state: "TASK_LOST", reason: "REASON_AGENT_DISCONNECTED" }]);
  expect(plain.events("RESCIND")).toHaveLength(1);
  expect(framework.statuses()).toHaveLength(1);
  driver.pass(15_100);
  expect(driver.sent("PingSlaveMessage").at(-1)?.value).toEqual({ connected: false });
});

test("an agent that pings but does not re-register is given up after its time", () => {
  const { driver, agentId } = running();
  driver.turn({ type: "agent-link-ended", agentId });
  driver.pass(599_000);
  expect(driver.books.agents.has(agentId)).toBe(true);
  driver.pass(1_100);
  expect(driver.books.agents.has(agentId)).toBe(false);
  expect(driver.books.unreachableAgents.has(agentId)).toBe(true);
});

test("a known agent that re-registers: asked about what it lacks, told again to kill, resources last", () => {
  const { driver, agentId, framework } = running();
  framework.launch([
    task("lost"),
    task("doomed", "cpus:0.1;mem:32", { killPolicy: { gracePeriod: { nanoseconds: 7n } } }),
  ]);
  framework.call({ type: "KILL", kill: { taskId: { value: "doomed" } } });
  const gone = driver.subscribe({ name: "gone" });
  gone.call({ type: "TEARDOWN" });
  driver.turn({ type: "agent-link-ended", agentId });
  const infos = [infoOf(driver, framework), { user: "u", name: "gone", id: { value: "m-0001" } }];
  const tasks = [
    listed(agentId, "m-0000", "a"),
    listed(agentId, "m-0000", "doomed"),
    listed(agentId, "m-0000", "extra"),
  ];
  driver.effects.length = 0;
  driver.reregister(agentId, tasks, infos);
  expect(driver.names()).toEqual([
    "SlaveReregisteredMessage",
    "KillTaskMessage",
    "ShutdownFrameworkMessage",
    "UpdateFrameworkMessage",
    "CheckpointResourcesMessage",
  ]);
  const [answer] = driver.sent("SlaveReregisteredMessage");
  expect(answer?.value).toMatchObject({
    slaveId: { value: agentId },
    reconciliations: [
      {
        frameworkId: { value: "m-0000" },
        framework: { id: { value: "m-0000" } },
        statuses: [
          { taskId: { value: "lost" }, state: "TASK_STAGING", source: "SOURCE_MASTER", slaveId: { value: agentId } },
        ],
      },
    ],
  });
  expect(driver.sent("KillTaskMessage").map((sent) => sent.value["taskId"])).toEqual([{ value: "doomed" }]);
  expect(driver.books.frameworks.get("m-0000")?.tasks.has("extra")).toBe(false);
  expect(driver.books.agents.get(agentId)?.connected).toBe(true);
});

test("an agent with a known id from another host is shut down", () => {
  const { driver, agentId } = running();
  driver.reregister(agentId, [], [], { message: { slave: { hostname: "elsewhere", id: { value: agentId } } } });
  expect(driver.sent("ShutdownMessage")).toHaveLength(1);
  expect(driver.books.agents.get(agentId)?.info.hostname).toBe("127.0.0.1");
});

test("after the master's restart agents, tasks and frameworks are as before", () => {
  const driver = new Driver();
  const info = { user: "u", name: "f", checkpoint: true, id: { value: "old-0000" } };
  driver.reregister(
    "old-S0",
    [listed("old-S0", "old-0000", "a"), listed("old-S0", "old-0000", "done", { state: "TASK_FINISHED" })],
    [info],
  );
  expect(driver.names()).toEqual(["SlaveReregisteredMessage"]);
  const recovered = driver.books.frameworks.get("old-0000");
  expect(recovered?.state).toBe("recovered");
  expect(recovered?.tasks.size).toBe(2);

  const framework = driver.subscribe(info);
  expect(framework.frameworkId).toBe("old-0000");
  expect(driver.names().at(-1)).toBe("UpdateFrameworkMessage");
  framework.call({ type: "RECONCILE", reconcile: {} });
  expect(framework.statuses().map((status) => [status.taskId?.value, status.state])).toEqual([
    ["a", "TASK_RUNNING"],
    ["done", "TASK_FINISHED"],
  ]);
  const cpus = framework.offers()[0]?.resources?.find((resource) => resource.name === "cpus");
  expect(cpus?.scalar?.value).toBe(3);
  const uuid = driver.update("old-S0", "old-0000", "a", "TASK_FINISHED");
  framework.call({ type: "ACKNOWLEDGE", acknowledge: { agentId: { value: "old-S0" }, taskId: { value: "a" }, uuid } });
  expect(recovered?.tasks.has("a")).toBe(false);
});

test("a framework that never comes back after the master's restart is removed when its agents have had their time", () => {
  const driver = new Driver();
  const info = { user: "u", name: "f", id: { value: "old-0000" } };
  driver.reregister("old-S0", [listed("old-S0", "old-0000", "a")], [info]);
  driver.pass(599_000);
  expect(driver.books.frameworks.size).toBe(1);
  driver.pass(1_100);
  expect(driver.names()).toContain("ShutdownFrameworkMessage");
});

test.each([
  ["a task of a framework that is not listed", [listed("old-S0", "f", "a")], []],
  [
    "a task twice",
    [listed("old-S0", "f", "a"), listed("old-S0", "f", "a")],
    [{ user: "u", name: "f", id: { value: "f" } }],
  ],
  ["a task of another agent", [listed("old-S1", "f", "a")], [{ user: "u", name: "f", id: { value: "f" } }]],
  [
    "a task in an executor that is not listed",
    [listed("old-S0", "f", "a", { executorId: { value: "e" } })],
    [{ user: "u", name: "f", id: { value: "f" } }],
  ],
  [
    "a framework twice",
    [],
    [
      { user: "u", name: "f", id: { value: "f" } },
      { user: "u", name: "f", id: { value: "f" } },
    ],
  ],
])("a re-registration with %s is not answered", (_what, tasks, frameworks) => {
  const driver = new Driver();
  driver.reregister("old-S0", tasks, frameworks);
  expect(driver.books.agents.size).toBe(0);
  expect(driver.names()).toEqual([]);
});

test("an agent that unregisters is gone at once, and only itself may do so", () => {
  const { driver, agentId, framework } = running({ ...checkpointing, capabilities: [{ type: "PARTITION_AWARE" }] });
  driver.unregister(agentId, 9999);
  expect(driver.books.agents.has(agentId)).toBe(true);
  driver.unregister(agentId);
  expect(driver.books.agents.size).toBe(0);
  expect(framework.statuses().at(-1)).toMatchObject({ state: "TASK_GONE", reason: "REASON_AGENT_REMOVED" });
  expect(framework.events("FAILURE")).toHaveLength(1);
  expect(driver.effects.some((effect) => effect.type === "stop-observing")).toBe(true);
});

test("an executor's message reaches its framework, oversubscribed resources only those who can lose them", () => {
  const { driver, agentId, framework } = running();
  const data = new Uint8Array([1, 2, 3]);
  const ids = { slaveId: { value: agentId }, frameworkId: { value: "m-0000" }, executorId: { value: "e" } };
  driver.agentMessage(ExecutorToFrameworkMessage, { ...ids, data });
  expect(framework.events("MESSAGE")).toMatchObject([
    { message: { agentId: { value: agentId }, executorId: { value: "e" }, data } },
  ]);
  const revocable = { name: "cpus", type: "SCALAR" as const, scalar: { value: 2 }, role: "*", revocable: {} };
  driver.agentMessage(UpdateSlaveMessage, {
    slaveId: { value: agentId },
    updateOversubscribedResources: true,
    oversubscribedResources: [revocable],
  });
  const able = driver.subscribe({ name: "g", capabilities: [{ type: "REVOCABLE_RESOURCES" }] });
  expect(able.offers()[0]?.resources).toMatchObject([{ name: "cpus", scalar: { value: 2 }, revocable: {} }]);
  driver.agentMessage(UpdateSlaveMessage, { slaveId: { value: agentId }, updateOversubscribedResources: false });
  expect(driver.books.agents.get(agentId)?.oversubscribed).toHaveLength(1);
});

test("what an agent that re-registers from a taken address pushes out may come back", () => {
  const { driver, agentId } = running();
  driver.reregister("old-S7");
  expect(driver.books.agents.has("old-S7")).toBe(true);
  expect(driver.books.unreachableAgents.has(agentId)).toBe(true);
});

test("a drained agent gets no offers, is told at once and after each re-registration, and is drained when empty", () => {
  const { driver, agentId, framework } = running();
  driver.turn({ type: "drain-agent", agentId, config: { maxGracePeriod: { nanoseconds: 3n }, markGone: false } });
  const config = { config: { maxGracePeriod: { nanoseconds: 3n }, markGone: false } };
  expect(driver.sent("DrainSlaveMessage").map((sent) => sent.value)).toEqual([config]);
  expect(framework.events("RESCIND")).toHaveLength(1);
  const offers = framework.offers().length;
  driver.reregister(agentId, [listed(agentId, "m-0000", "a")], [infoOf(driver, framework)]);
  expect(driver.names().slice(-4)).toEqual([
    "SlaveReregisteredMessage",
    "DrainSlaveMessage",
    "UpdateFrameworkMessage",
    "CheckpointResourcesMessage",
  ]);
  const uuid = driver.update(agentId, "m-0000", "a", "TASK_KILLED");
  driver.pass(5000);
  expect(driver.books.agents.get(agentId)?.drain?.state).toBe("DRAINING");
  framework.call({ type: "ACKNOWLEDGE", acknowledge: { agentId: { value: agentId }, taskId: { value: "a" }, uuid } });
  expect(driver.books.agents.get(agentId)?.drain?.state).toBe("DRAINED");
  expect(framework.offers()).toHaveLength(offers);
  driver.turn({ type: "reactivate-agent", agentId });
  expect(framework.offers()).toHaveLength(offers + 1);
});

test("an agent that is drained to be gone is shut down when empty, and for ever", () => {
  const driver = new Driver();
  const agentId = driver.register();
  driver.turn({ type: "drain-agent", agentId, config: { markGone: true } });
  expect(driver.names().slice(-2)).toEqual(["DrainSlaveMessage", "ShutdownMessage"]);
  expect(driver.books.agents.size).toBe(0);
  driver.reregister(agentId);
  expect(driver.sent("ShutdownMessage")).toHaveLength(2);
  expect(driver.books.agents.size).toBe(0);
});

test("an agent that comes back on another port is pinged there", () => {
  const { driver, agentId, framework } = running();
  driver.turn({ type: "agent-link-ended", agentId });
  driver.reregister(agentId, [listed(agentId, "m-0000", "a")], [infoOf(driver, framework)], { port: 5099 });
  driver.pass(15_000);
  expect(driver.sent("PingSlaveMessage").at(-1)).toMatchObject({
    to: "slave(1)@127.0.0.1:5099",
    value: { connected: true },
  });
});
