import { containsResources, parseResources, scalarOf } from "@berth/resources";
import type { TaskInfo } from "@berth/proto/v1";
import { expect, test } from "vitest";
import { freeResources } from "../src/books/accounts.ts";
import { Driver, task } from "./driver.ts";

const multiRole = { roles: ["*"], capabilities: [{ type: "MULTI_ROLE" as const }] };
const aware = { capabilities: [{ type: "PARTITION_AWARE" as const }] };

function started(info: Parameters<Driver["subscribe"]>[0] = {}) {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe(info);
  const free = (name: string) => scalarOf(freeResources(driver.books.agents.get(agentId)!), name) ?? 0;
  return { driver, agentId, framework, free };
}

test("a task is launched with what it takes of the offer, the rest is free", () => {
  const { driver, framework, free } = started(multiRole);
  expect(free("cpus")).toBe(0);
  framework.launch([task("a", "cpus:1.5;mem:64")], 3600);
  expect(driver.sent("RunTaskMessage")).toHaveLength(1);
  expect(driver.sent("RunTaskMessage")[0]?.value).toMatchObject({ launchExecutor: true, pid: "@0.0.0.0:0" });
  expect(free("cpus")).toBe(2.5);
  expect(driver.books.frameworks.get(framework.frameworkId)?.tasks.get("a")?.task.state).toBe("TASK_STAGING");
});

test("who sits on an offer gets another one at the next interval, and both make one task", () => {
  const { driver, agentId, framework } = started();
  framework.launch([task("half", "cpus:2;mem:512")]);
  driver.update(agentId, framework.frameworkId, "half", "TASK_FINISHED");
  expect(framework.offers()).toHaveLength(2);
  driver.pass(1000);
  expect(framework.offers()).toHaveLength(3);
  const whole = { ...task("whole", "cpus:4;mem:1024"), agentId: { value: agentId } };
  framework.call({
    type: "ACCEPT",
    accept: {
      offerIds: framework
        .offers()
        .slice(1)
        .map((offer) => offer.id ?? {}),
      operations: [{ type: "LAUNCH", launch: { taskInfos: [whole] } }],
    },
  });
  expect(framework.statuses().filter((status) => status.source === "SOURCE_MASTER")).toEqual([]);
  expect(driver.sent("RunTaskMessage")).toHaveLength(2);
});

test.each([
  ["an unknown offer", [{ value: "m-O77" }], aware, "TASK_DROPPED"],
  ["an unknown offer, not partition-aware", [{ value: "m-O77" }], {}, "TASK_LOST"],
  ["no offer", [], aware, "TASK_DROPPED"],
  ["an offer twice", [{ value: "m-O0" }, { value: "m-O0" }], aware, "TASK_DROPPED"],
  ["a good and a bad offer", [{ value: "m-O0" }, { value: "m-O77" }], aware, "TASK_DROPPED"],
] as const)("%s: the tasks never start, the offers that there are come back", (_what, offerIds, info, state) => {
  const { driver, agentId, framework, free } = started(info);
  const launch = { taskInfos: [{ ...task("a"), agentId: { value: agentId } }] };
  const before = framework.offers().length;
  framework.call({ type: "ACCEPT", accept: { offerIds: [...offerIds], operations: [{ type: "LAUNCH", launch }] } });
  expect(framework.statuses()).toMatchObject([
    {
      taskId: { value: "a" },
      state,
      source: "SOURCE_MASTER",
      reason: "REASON_INVALID_OFFERS",
      agentId: { value: agentId },
    },
  ]);
  expect(framework.statuses()[0]?.uuid).toBeUndefined();
  expect(driver.sent("RunTaskMessage")).toHaveLength(0);
  const touched = offerIds.some((id) => id.value === "m-O0");
  expect(framework.offers()).toHaveLength(before + (touched ? 1 : 0));
  expect(free("cpus")).toBe(0);
});

test("an offer of another framework is not touched", () => {
  const { driver, framework } = started();
  const other = driver.subscribe({ name: "g" });
  other.launch([task("theirs")], 0, framework.offers()[0]);
  expect(other.statuses()).toMatchObject([{ state: "TASK_LOST", reason: "REASON_INVALID_OFFERS" }]);
  expect(driver.books.offers.has("m-O0")).toBe(true);
});

test("offers of two agents cannot be accepted together", () => {
  const { driver, framework } = started();
  driver.register(undefined, 5052);
  expect(framework.offers()).toHaveLength(2);
  const [one, two] = framework.offers();
  framework.call({
    type: "ACCEPT",
    accept: {
      offerIds: [one?.id ?? {}, two?.id ?? {}],
      operations: [{ type: "LAUNCH", launch: { taskInfos: [{ ...task("a"), agentId: one?.agentId }] } }],
    },
  });
  expect(framework.statuses()).toMatchObject([{ state: "TASK_LOST", reason: "REASON_INVALID_OFFERS" }]);
  expect(driver.sent("RunTaskMessage")).toHaveLength(0);
});

test.each([
  ["more than offered", task("a", "cpus:4.1;mem:64"), /more resources/],
  ["no resources", { ...task("a"), resources: [] }, /no resources/],
  ["a slash in its id", task("a/b"), /id/],
  ["an id of dots", task(".."), /id/],
  ["an id of 256 characters", task("x".repeat(256)), /id/],
  ["neither command nor executor", { ...task("a"), command: undefined }, /neither/],
  [
    "both command and executor",
    task("a", "cpus:1;mem:64", { executor: { executorId: { value: "e" }, command: { value: "x" } } }),
    /both/,
  ],
  ["another agent's id", task("a", "cpus:1;mem:64", { agentId: { value: "m-S9" } }), /agent/],
  [
    "a negative grace period",
    task("a", "cpus:1;mem:64", { killPolicy: { gracePeriod: { nanoseconds: -1n } } }),
    /grace/,
  ],
  ["limits that the agent does not know", task("a", "cpus:1;mem:64", { limits: { cpus: { value: 2 } } }), /limits/],
  [
    "a negative scalar",
    { ...task("a"), resources: [{ name: "cpus", type: "SCALAR" as const, scalar: { value: -1 } }] },
    /invalid/,
  ],
  [
    "somebody else's reservation",
    { ...task("a"), resources: [{ name: "cpus", type: "SCALAR" as const, scalar: { value: 1 }, role: "other" }] },
    /more resources/,
  ],
] satisfies readonly (readonly [string, TaskInfo, RegExp])[])(
  "a task with %s is refused as invalid",
  (_what, wrong, message) => {
    const { driver, framework, free } = started();
    framework.launch([wrong], 3600);
    expect(framework.statuses()).toMatchObject([
      {
        state: "TASK_ERROR",
        source: "SOURCE_MASTER",
        reason: "REASON_TASK_INVALID",
        message: expect.stringMatching(message),
      },
    ]);
    expect(driver.sent("RunTaskMessage")).toHaveLength(0);
    expect(free("cpus")).toBe(4);
  },
);

test("of two tasks with one id the second is refused, in one call or in two", () => {
  const { driver, framework } = started();
  framework.launch([task("a"), task("a"), task("b")]);
  expect(framework.statuses()).toMatchObject([{ taskId: { value: "a" }, state: "TASK_ERROR" }]);
  framework.launch([task("b")]);
  expect(framework.statuses()).toHaveLength(2);
  expect(driver.sent("RunTaskMessage").map((sent) => sent.value["task"])).toMatchObject([{ name: "a" }, { name: "b" }]);
});

test("tasks of one call share what was offered", () => {
  const { driver, framework } = started();
  framework.launch([task("a", "cpus:3;mem:64"), task("b", "cpus:3;mem:64"), task("c", "cpus:1;mem:64")]);
  expect(framework.statuses()).toMatchObject([{ taskId: { value: "b" }, state: "TASK_ERROR" }]);
  expect(driver.sent("RunTaskMessage")).toHaveLength(2);
});

test("ports are taken and come back", () => {
  const { driver, agentId, framework } = started();
  framework.launch([task("a", "cpus:1;mem:64;ports:[31000-31001]"), task("b", "cpus:1;mem:64;ports:[31001-31002]")]);
  expect(framework.statuses()).toMatchObject([{ taskId: { value: "b" }, state: "TASK_ERROR" }]);
  const shown = framework.offers().at(-1)?.resources ?? [];
  expect(containsResources([...shown], parseResources("ports:[31002-32000]"))).toBe(true);
  driver.update(agentId, framework.frameworkId, "a", "TASK_FINISHED");
  framework.call({
    type: "DECLINE",
    decline: { offerIds: [framework.offers().at(-1)?.id ?? {}], filters: { refuseSeconds: 0 } },
  });
  const whole = framework.offers().at(-1)?.resources ?? [];
  expect(containsResources([...whole], parseResources("cpus:4;mem:1024;ports:[31000-32000]"))).toBe(true);
});

const executor = {
  executorId: { value: "e" },
  frameworkId: { value: "m-0000" },
  command: { value: "exec" },
  resources: [{ name: "cpus", type: "SCALAR" as const, scalar: { value: 0.5 } }],
};

test("an executor is paid for once, while it lives", () => {
  const { driver, agentId, framework, free } = started();
  const own = { command: undefined, executor };
  framework.launch([task("a", "cpus:1;mem:64", own)], 3600);
  expect(free("cpus")).toBe(2.5);
  framework.call({ type: "REVIVE" });
  framework.launch([task("b", "cpus:1;mem:64", own)], 3600);
  expect(free("cpus")).toBe(1.5);
  expect(driver.sent("RunTaskMessage").map((sent) => sent.value["launchExecutor"])).toEqual([true, false]);
  expect(framework.offers().at(-1)?.executorIds).toEqual([{ value: "e" }]);
  driver.exitedExecutor(agentId, framework.frameworkId, "e", 9);
  expect(free("cpus")).toBe(0); // offered again, more than was declined
  expect(framework.events("FAILURE")).toMatchObject([
    { failure: { agentId: { value: agentId }, executorId: { value: "e" }, status: 9 } },
  ]);
});

test("an executor that is not the one of this id is refused", () => {
  const { framework } = started();
  framework.launch([task("a", "cpus:1;mem:64", { command: undefined, executor })]);
  const other = { ...executor, command: { value: "other" } };
  framework.launch([task("b", "cpus:1;mem:64", { command: undefined, executor: other })]);
  expect(framework.statuses()).toMatchObject([{ state: "TASK_ERROR", message: expect.stringMatching(/differs/) }]);
});

test("a group is launched as a whole, its tasks carry the executor", () => {
  const { driver, agentId, framework, free } = started();
  const group = (tasks: object[]) => ({
    type: "LAUNCH_GROUP" as const,
    launchGroup: {
      executor: { ...executor, type: "DEFAULT" as const, command: undefined },
      taskGroup: { tasks: tasks.map((each) => ({ ...each, agentId: { value: agentId } })) },
    },
  });
  const accept = (tasks: object[]) =>
    framework.call({
      type: "ACCEPT",
      accept: {
        offerIds: [framework.offers().at(-1)?.id ?? {}],
        operations: [group(tasks)],
        filters: { refuseSeconds: 3600 },
      },
    });
  accept([task("a"), task("b", "cpus:9;mem:64")]);
  expect(framework.statuses()).toMatchObject([
    { taskId: { value: "a" }, state: "TASK_ERROR", reason: "REASON_TASK_GROUP_INVALID" },
    { taskId: { value: "b" }, state: "TASK_ERROR", reason: "REASON_TASK_GROUP_INVALID" },
  ]);
  framework.call({ type: "REVIVE" });
  accept([task("a"), task("b")]);
  expect(free("cpus")).toBe(1.5);
  expect(driver.sent("RunTaskGroupMessage")[0]?.value).toMatchObject({
    executor: { executorId: { value: "e" } },
    launchExecutor: true,
    taskGroup: { tasks: [{ executor: { executorId: { value: "e" } } }, { executor: { executorId: { value: "e" } } }] },
  });
  expect(driver.books.frameworks.get("m-0000")?.tasks.get("b")?.task.executorId).toEqual({ value: "e" });
});

test("a reservation is made, sent to the agent, and offered to its role alone", () => {
  const driver = new Driver();
  driver.register();
  const framework = driver.subscribe({
    roles: ["a"],
    capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
  });
  const reserved = {
    name: "cpus",
    type: "SCALAR" as const,
    scalar: { value: 3 },
    reservations: [{ type: "DYNAMIC" as const, role: "a", principal: "p" }],
  };
  const reserve = (offer = framework.offers().at(-1)) =>
    framework.call({
      type: "ACCEPT",
      accept: {
        offerIds: [offer?.id ?? {}],
        operations: [{ type: "RESERVE", reserve: { resources: [reserved] } }],
        filters: { refuseSeconds: 0 },
      },
    });
  reserve();
  const [noted] = driver.sent("CheckpointResourcesMessage");
  expect(noted?.value).toMatchObject({ resources: [{ name: "cpus", scalar: { value: 3 } }] });
  expect(noted?.value["resources"]).toHaveLength(1);
  const other = driver.subscribe({ name: "g" });
  framework.call({ type: "SUPPRESS" });
  framework.call({
    type: "DECLINE",
    decline: { offerIds: [framework.offers().at(-1)?.id ?? {}], filters: { refuseSeconds: 0 } },
  });
  expect(scalarOf([...(other.offers().at(-1)?.resources ?? [])], "cpus")).toBe(1);
  expect(scalarOf(freeResources([...driver.books.agents.values()][0]!), "cpus")).toBe(3);
});

test("an operation that is not served is answered when somebody waits for the answer", () => {
  const { framework, free } = started();
  framework.call({
    type: "ACCEPT",
    accept: {
      offerIds: [framework.offers().at(-1)?.id ?? {}],
      operations: [{ type: "GROW_VOLUME", id: { value: "op" } }],
      filters: { refuseSeconds: 3600 },
    },
  });
  expect(framework.events("UPDATE_OPERATION_STATUS")).toMatchObject([
    { updateOperationStatus: { status: { operationId: { value: "op" }, state: "OPERATION_ERROR" } } },
  ]);
  expect(free("cpus")).toBe(4);
});
