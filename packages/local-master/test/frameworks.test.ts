import { expect, test } from "vitest";
import { callFault } from "../src/scheduler/call-fault.ts";
import { frameworkInfoFault } from "../src/scheduler/framework-info-fault.ts";
import { Driver, task } from "./driver.ts";

test("the first events are SUBSCRIBED, HEARTBEAT and what is free", () => {
  const driver = new Driver();
  driver.register();
  const framework = driver.subscribe();
  expect(framework.events().map((event) => event.type)).toEqual(["SUBSCRIBED", "HEARTBEAT", "OFFERS"]);
  expect(framework.events("SUBSCRIBED")[0]?.subscribed).toMatchObject({
    frameworkId: { value: "m-0000" },
    heartbeatIntervalSeconds: 15,
    masterInfo: { id: "m", ip: 16_777_343, port: 5050, pid: "master@127.0.0.1:5050" },
  });
});

test("a heartbeat comes every 15 seconds, whatever else happens", () => {
  const driver = new Driver();
  const framework = driver.subscribe();
  driver.pass(45_000);
  expect(framework.events("HEARTBEAT")).toHaveLength(4);
});

test("a framework of one role sees resources without allocation, one of many with it", () => {
  const driver = new Driver();
  driver.register();
  const one = driver.subscribe();
  expect(one.offers()[0]?.allocationInfo).toBeUndefined();
  expect(one.offers()[0]?.resources?.[0]).toMatchObject({ role: "*" });
  expect(one.offers()[0]?.resources?.[0]?.allocationInfo).toBeUndefined();
  one.end();
  const many = driver.subscribe({
    roles: ["a/b"],
    capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
  });
  expect(many.offers()[0]?.allocationInfo).toEqual({ role: "a/b" });
  expect(many.offers()[0]?.resources?.[0]?.role).toBeUndefined();
  expect(many.offers()[0]?.resources?.[0]?.allocationInfo).toEqual({ role: "a/b" });
});

test("without a failover time-out the end of the stream is the end of the framework", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe();
  framework.launch([task("a")]);
  framework.end();
  expect(driver.sent("ShutdownFrameworkMessage").map((sent) => sent.value)).toEqual([
    { frameworkId: { value: "m-0000" } },
  ]);
  expect(driver.books.frameworks.size).toBe(0);
  expect(driver.books.agents.get(agentId)?.allocated).toEqual([]);
  expect(driver.books.completedFrameworks.get("m-0000")?.completedTasks.get("a")?.task.state).toBe("TASK_KILLED");
  const again = driver.subscribe({ id: { value: "m-0000" } });
  expect(again.events()).toMatchObject([{ type: "ERROR", error: { message: "Framework has been removed" } }]);
  expect(again.ended).toBe(true);
});

test("within its failover time-out a framework keeps its tasks and may change what it said", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe({ failoverTimeout: 60, user: "u" });
  const id = framework.frameworkId;
  framework.launch([task("a")]);
  framework.end();
  expect(driver.books.offers.size).toBe(0);
  driver.pass(59_000);
  const uuid = driver.update(agentId, id, "a", "TASK_RUNNING");
  const back = driver.subscribe({ id: { value: id }, name: "new", user: "other", failoverTimeout: 60 });
  expect(back.frameworkId).toBe(id);
  expect(back.offers()).toHaveLength(1);
  const [update] = driver.sent("UpdateFrameworkMessage");
  expect(update?.value).toMatchObject({
    frameworkId: { value: id },
    pid: "@0.0.0.0:0",
    frameworkInfo: { id: { value: id }, name: "new", user: "u" },
  });
  driver.pass(120_000);
  expect(driver.books.frameworks.get(id)?.tasks.get("a")?.task).toMatchObject({
    state: "TASK_RUNNING",
    statusUpdateUuid: uuid,
  });
});

test("after the failover time-out it is removed", () => {
  const driver = new Driver();
  driver.register();
  const framework = driver.subscribe({ failoverTimeout: 60 });
  framework.end();
  driver.pass(60_100);
  expect(driver.names()).toContain("ShutdownFrameworkMessage");
  expect(driver.books.completedFrameworks.has("m-0000")).toBe(true);
});

test("a second subscription takes the place of the first, whose end then means nothing", () => {
  const driver = new Driver();
  driver.register();
  const first = driver.subscribe();
  const second = driver.subscribe({ id: { value: first.frameworkId } });
  expect(first.events().at(-1)).toMatchObject({ type: "ERROR", error: { message: "Framework failed over" } });
  expect(first.ended).toBe(true);
  first.end();
  expect(driver.books.frameworks.get(first.frameworkId)?.streamId).toBe(second.streamId);
  expect(second.offers()).toHaveLength(1);
});

test("an id of an earlier master is taken", () => {
  const driver = new Driver();
  const framework = driver.subscribe({ id: { value: "old-0003" } });
  expect(framework.frameworkId).toBe("old-0003");
});

test.each([
  [{ role: "a", roles: ["a"], capabilities: [{ type: "MULTI_ROLE" as const }] }, /not 'role'/],
  [{ roles: ["a"] }, /MULTI_ROLE/],
  [{ roles: ["a", "a"], capabilities: [{ type: "MULTI_ROLE" as const }] }, /twice/],
  [{ role: "a b" }, /white space/],
  [{ role: "-a" }, /'-'/],
  [{ role: ".." }, /'\.\.'/],
  [{ role: "a//b" }, /empty part/],
  [{ role: "" }, /is empty/],
  [{ failoverTimeout: -1 }, /failover_timeout/],
  [{ failoverTimeout: Number.NaN }, /failover_timeout/],
  [{ id: { value: "a/b" } }, /id/],
])("%j cannot subscribe", (info, message) => {
  expect(frameworkInfoFault({ frameworkInfo: info })).toMatch(message);
  const driver = new Driver();
  const framework = driver.subscribe(info);
  expect(framework.events()).toMatchObject([{ type: "ERROR" }]);
  expect(framework.ended).toBe(true);
  expect(driver.books.frameworks.size).toBe(0);
});

test("a suppressed role must be its own", () => {
  expect(frameworkInfoFault({ frameworkInfo: {}, suppressedRoles: ["a"] })).toMatch(/suppressed/);
});

test("what was declined is not offered for as long as was said, more than that is", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe();
  framework.launch([task("a")], 10);
  driver.pass(9_000);
  expect(framework.offers()).toHaveLength(1);
  driver.update(agentId, framework.frameworkId, "a", "TASK_FINISHED");
  expect(framework.offers()).toHaveLength(2);
  framework.call({ type: "DECLINE", decline: { offerIds: [framework.offers()[1]?.id ?? {}] } });
  driver.pass(4_900);
  expect(framework.offers()).toHaveLength(2);
  driver.pass(1_200);
  expect(framework.offers()).toHaveLength(3);
});

test("a filter is one framework's own", () => {
  const driver = new Driver();
  driver.register();
  const framework = driver.subscribe();
  const other = driver.subscribe({ name: "g" });
  expect(other.offers()).toHaveLength(0);
  framework.call({
    type: "DECLINE",
    decline: { offerIds: [framework.offers()[0]?.id ?? {}], filters: { refuseSeconds: 99 } },
  });
  expect(other.offers()).toHaveLength(1);
});

test("declining for ever fills no memory", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe();
  for (let round = 0; round < 50; round++) {
    const id = framework.offers().at(-1)?.id ?? {};
    framework.call({
      type: "DECLINE",
      decline: { offerIds: [id], filters: { refuseSeconds: round % 2 === 0 ? 0 : 1e9 } },
    });
    framework.call({ type: "REVIVE" });
  }
  expect(driver.books.frameworks.get(framework.frameworkId)?.filters.get(agentId) ?? []).toHaveLength(0);
  for (let round = 0; round < 50; round++) {
    framework.call({
      type: "DECLINE",
      decline: { offerIds: [framework.offers().at(-1)?.id ?? {}], filters: { refuseSeconds: 1 } },
    });
    driver.pass(1100);
  }
  expect(driver.books.frameworks.get(framework.frameworkId)?.filters.get(agentId)?.length).toBeLessThanOrEqual(2);
});

test("REVIVE clears filters and suppression, SUPPRESS stops offers by role", () => {
  const driver = new Driver();
  driver.register();
  const framework = driver.subscribe({ roles: ["a", "b"], capabilities: [{ type: "MULTI_ROLE" }] });
  const giveBack = () =>
    framework.call({
      type: "DECLINE",
      decline: { offerIds: [framework.offers().at(-1)?.id ?? {}], filters: { refuseSeconds: 0 } },
    });
  framework.call({ type: "SUPPRESS", suppress: { roles: ["a"] } });
  giveBack();
  expect(framework.offers().at(-1)?.allocationInfo).toEqual({ role: "b" });
  framework.call({ type: "SUPPRESS", suppress: {} });
  giveBack();
  const seen = framework.offers().length;
  driver.pass(5000);
  expect(framework.offers()).toHaveLength(seen);
  framework.call({ type: "REVIVE", revive: { roles: ["a"] } });
  expect(framework.offers().at(-1)?.allocationInfo).toEqual({ role: "a" });
});

test("a kill goes to the agent with its policy; one of an unknown task is answered like a reconciliation", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe();
  framework.launch([task("a")]);
  framework.call({ type: "KILL", kill: { taskId: { value: "a" }, killPolicy: { gracePeriod: { nanoseconds: 5n } } } });
  expect(driver.sent("KillTaskMessage").map((sent) => sent.value)).toEqual([
    { frameworkId: { value: "m-0000" }, taskId: { value: "a" }, killPolicy: { gracePeriod: { nanoseconds: 5n } } },
  ]);
  framework.call({ type: "KILL", kill: { taskId: { value: "b" }, agentId: { value: agentId } } });
  expect(framework.statuses()).toMatchObject([
    { taskId: { value: "b" }, state: "TASK_LOST", reason: "REASON_RECONCILIATION" },
  ]);
});

test("a terminal task gives its resources back at once and is forgotten when that update is acknowledged", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe();
  framework.launch([task("a")], 3600);
  const running = driver.update(agentId, "m-0000", "a", "TASK_RUNNING", { latestState: "TASK_FINISHED" });
  expect(framework.offers()).toHaveLength(2);
  const acknowledge = (uuid: Uint8Array) =>
    framework.call({ type: "ACKNOWLEDGE", acknowledge: { agentId: { value: agentId }, taskId: { value: "a" }, uuid } });
  acknowledge(running);
  const books = driver.books.frameworks.get("m-0000");
  expect(books?.tasks.has("a")).toBe(true);
  const finished = driver.update(agentId, "m-0000", "a", "TASK_FINISHED");
  acknowledge(new Uint8Array(16));
  expect(books?.tasks.has("a")).toBe(true);
  acknowledge(finished);
  expect(books?.tasks.has("a")).toBe(false);
  expect(books?.completedTasks.get("a")?.task.statuses?.map((status) => status.state)).toEqual([
    "TASK_RUNNING",
    "TASK_FINISHED",
  ]);
  expect(driver.sent("StatusUpdateAcknowledgementMessage")).toHaveLength(3);
  framework.launch([task("a")]);
  expect(driver.sent("RunTaskMessage")).toHaveLength(2);
});

test("every update is forwarded, repeated ones and those of unknown tasks too", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe();
  const uuid = crypto.getRandomValues(new Uint8Array(16));
  for (let time = 0; time < 2; time++) driver.update(agentId, "m-0000", "ghost", "TASK_RUNNING", { uuid });
  expect(framework.statuses()).toMatchObject([
    { taskId: { value: "ghost" }, uuid },
    { taskId: { value: "ghost" }, uuid },
  ]);
  driver.update(agentId, "nobody", "a", "TASK_RUNNING");
  driver.update("m-S9", "m-0000", "a", "TASK_RUNNING");
  expect(framework.statuses()).toHaveLength(2);
  expect(driver.books.metrics.get("master/invalid_status_updates")).toBe(4);
});

test("reconciliation tells the latest state, and what became of tasks that are not there", () => {
  const driver = new Driver();
  const agentId = driver.register();
  const framework = driver.subscribe({ capabilities: [{ type: "PARTITION_AWARE" }] });
  framework.launch([task("a"), task("b")]);
  driver.update(agentId, "m-0000", "a", "TASK_RUNNING");
  const before = framework.statuses().length;
  framework.call({ type: "RECONCILE", reconcile: { tasks: [] } });
  expect(framework.statuses().slice(before)).toMatchObject([
    { taskId: { value: "a" }, state: "TASK_RUNNING", reason: "REASON_RECONCILIATION", agentId: { value: agentId } },
    { taskId: { value: "b" }, state: "TASK_STAGING", reason: "REASON_RECONCILIATION" },
  ]);
  expect(framework.statuses().at(-1)?.uuid).toBeUndefined();
  const asked = [
    { taskId: { value: "a" } },
    { taskId: { value: "x" }, agentId: { value: agentId } },
    { taskId: { value: "y" }, agentId: { value: "m-S77" } },
    // May be an earlier master's, whose agents are still to come.
    { taskId: { value: "z" } },
    { taskId: { value: "z" }, agentId: { value: "old-S0" } },
  ];
  const seen = framework.statuses().length;
  framework.call({ type: "RECONCILE", reconcile: { tasks: asked } });
  expect(
    framework
      .statuses()
      .slice(seen)
      .map((status) => [status.taskId?.value, status.state]),
  ).toEqual([
    ["a", "TASK_RUNNING"],
    ["x", "TASK_GONE"],
    ["y", "TASK_UNKNOWN"],
  ]);
  driver.now += 600_000;
  framework.call({ type: "RECONCILE", reconcile: { tasks: asked.slice(3) } });
  expect(framework.statuses().slice(-2)).toMatchObject([{ state: "TASK_UNKNOWN" }, { state: "TASK_UNKNOWN" }]);
});

test("UPDATE_FRAMEWORK changes roles; offers for others are taken back", () => {
  const driver = new Driver();
  driver.register();
  const info = { user: "u", name: "f", roles: ["a"], capabilities: [{ type: "MULTI_ROLE" as const }] };
  const framework = driver.subscribe(info);
  const changed = { ...info, id: { value: "m-0000" }, roles: ["b"] };
  framework.call({ type: "UPDATE_FRAMEWORK", updateFramework: { frameworkInfo: changed } });
  expect(framework.events("RESCIND")).toMatchObject([{ rescind: { offerId: framework.offers()[0]?.id } }]);
  expect(framework.offers().at(-1)?.allocationInfo).toEqual({ role: "b" });
  const call = { type: "UPDATE_FRAMEWORK", frameworkId: { value: "m-0000" } } as const;
  const update = (frameworkInfo: object) =>
    callFault(driver.books, { ...call, updateFramework: { frameworkInfo } }, framework.streamId);
  expect(update(changed)).toBeUndefined();
  expect(update({ ...changed, user: "other" })).toMatchObject({ status: 400 });
  expect(update({ ...changed, checkpoint: true })).toMatchObject({ status: 400 });
});
