import {
  DrainSlaveMessage,
  ExitedExecutorMessage,
  KillTaskMessage,
  ShutdownExecutorMessage,
} from "@berth/proto/internal/messages";
import { expect, test } from "vitest";
import { frameworkId, startWorld, type World } from "./world.ts";

async function running(world: World, ...taskIds: readonly string[]): Promise<void> {
  world.containerizer.onLaunch = (container) => container.run();
  for (const taskId of taskIds) world.run(taskId);
  for (const taskId of taskIds) {
    await expect.poll(() => world.states(taskId)).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
  }
}

test("a task that was not launched yet is killed by the agent", async () => {
  const world = await startWorld({ acknowledges: true });
  world.run("t1");
  world.kill("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_KILLED"]);
  expect(world.lastUpdate("t1").update?.status).toMatchObject({
    source: "SOURCE_SLAVE",
    reason: "REASON_TASK_KILLED_DURING_LAUNCH",
    message: "Killed before delivery to the executor",
  });
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
  expect(world.containerizer.all).toEqual([]);
  expect(world.sentOf(ExitedExecutorMessage)).toHaveLength(1);
});

test("kills reach the container with their policy, as often as they come", async () => {
  const world = await startWorld({ acknowledges: true });
  await running(world, "t1");
  const killPolicy = { gracePeriod: { nanoseconds: 1_000_000_000n } };
  world.kill("t1");
  world.tell(KillTaskMessage, { frameworkId: { value: frameworkId }, taskId: { value: "t1" }, killPolicy });
  expect(world.containerizer.of("t1").kills).toEqual([undefined, killPolicy]);
  world.containerizer.of("t1").end("TASK_KILLED");
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
});

test("a kill while the container is being launched goes to the containerizer", async () => {
  const world = await startWorld({ acknowledges: true });
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  world.containerizer.onKill = (container) => {
    container.report("TASK_KILLED");
    container.fail("killed");
  };
  world.kill("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_KILLED"]);
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
});

test("a kill of what has ended says nothing; of what nobody knows, that it is dropped", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.kill("nobody's");
  expect(world.sent).toEqual([]);
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING"]);
  world.kill("unknown");
  world.kill("unknown");
  await expect.poll(() => world.states("unknown")).toEqual(["TASK_DROPPED"]);
  expect(world.lastUpdate("unknown").update?.status).toMatchObject({ reason: "REASON_EXECUTOR_TERMINATED" });
  // The task that comes after its kill has had its last update already.
  world.run("unknown");
  expect(world.states("unknown")).toEqual(["TASK_DROPPED"]);
  expect(world.containerizer.all).toHaveLength(1);
  world.containerizer.of("t1").end("TASK_FINISHED");
  world.kill("t1");
  expect(world.containerizer.of("t1").kills).toEqual([]);
});

test("the shutdown of an executor ends its task with words, and destroys after the grace", async () => {
  const world = await startWorld({ acknowledges: true });
  await running(world, "t1");
  world.tell(ShutdownExecutorMessage, { frameworkId: { value: frameworkId }, executorId: { value: "t1" } });
  expect(world.containerizer.of("t1").kills).toEqual([{ gracePeriod: { nanoseconds: 3_000_000_000n } }]);
  expect(world.core.metrics()).toMatchObject({ "slave/executors_terminating": 1, "slave/executors_running": 0 });
  world.timers.advance(4999);
  expect(world.containerizer.of("t1").destroyed).toBe(false);
  world.timers.advance(1);
  expect(world.containerizer.of("t1").destroyed).toBe(true);
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_KILLED"]);
});

test("the shutdown of a framework drops what was not told yet, and what comes later", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  world.run("t2");
  await expect.poll(() => world.states("t2")).toEqual(["TASK_STARTING"]);
  world.shutDownFramework();
  world.run("t3");
  world.timers.advance(5000);
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
  world.timers.advance(3_600_000);
  expect(["t1", "t2", "t3"].flatMap((id) => world.states(id))).toEqual(["TASK_STARTING", "TASK_STARTING"]);
  expect(world.timers.size).toBe(0);
  expect(world.sentOf(ExitedExecutorMessage).map(({ executorId }) => executorId?.value)).toEqual(["t3"]);
});

test("shutting all frameworks down resolves when nothing is left", async () => {
  const world = await startWorld({ acknowledges: true });
  await world.core.shutDownFrameworks();
  await running(world, "t1", "t2");
  const sent = world.sent.length;
  let over = false;
  const ending = world.core.shutDownFrameworks().then(() => (over = true));
  world.containerizer.of("t1").end("TASK_KILLED");
  await expect.poll(() => world.core.snapshot().frameworks[0]?.executors).toHaveLength(1);
  expect(over).toBe(false);
  world.containerizer.of("t2").end("TASK_KILLED");
  await ending;
  expect(world.sent).toHaveLength(sent);
});

test("a drained agent ends what it has, refuses what comes, and is as new when it is empty", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.run("pending");
  world.tell(DrainSlaveMessage, { config: { maxGracePeriod: { nanoseconds: 2_000_000_000n }, markGone: true } });
  await expect.poll(() => world.states("pending")).toEqual(["TASK_GONE_BY_OPERATOR"]);
  expect(world.lastUpdate("pending").update?.status?.reason).toBe("REASON_SLAVE_DRAINING");
  world.run("late");
  await expect.poll(() => world.states("late")).toEqual(["TASK_DROPPED"]);
  expect(world.lastUpdate("late").update?.status?.reason).toBe("REASON_SLAVE_DRAINING");
  expect(world.core.snapshot()).toMatchObject({
    drainConfig: { markGone: true },
    drainStartTimeMs: world.timers.nowMs,
  });
  world.acknowledge(world.lastUpdate("pending"));
  await expect.poll(() => world.core.snapshot().drainConfig).toBeUndefined();
  world.run("new");
  await expect.poll(() => world.states("new")).toEqual(["TASK_STARTING"]);
});

test("a drain kills what runs with the grace that it allows", async () => {
  const world = await startWorld({ acknowledges: true });
  await running(world, "t1");
  world.tell(DrainSlaveMessage, { config: { maxGracePeriod: { nanoseconds: 2_000_000_000n } } });
  await expect
    .poll(() => world.containerizer.of("t1").kills)
    .toEqual([{ gracePeriod: { nanoseconds: 2_000_000_000n } }]);
  world.containerizer.of("t1").end("TASK_KILLED");
  await expect.poll(() => world.core.snapshot().drainConfig).toBeUndefined();
  expect(world.lastUpdate("t1").update?.status).toMatchObject({
    state: "TASK_KILLED",
    reason: "REASON_SLAVE_DRAINING",
  });
});

test("closing lets go of what runs", async () => {
  const world = await startWorld({ acknowledges: true });
  await running(world, "t1");
  const sent = world.sent.length;
  await world.core.close();
  world.containerizer.of("t1").end("TASK_KILLED");
  world.kill("t1");
  world.timers.advance(3_600_000);
  expect(world.sent).toHaveLength(sent);
  expect(world.containerizer.of("t1")).toMatchObject({ kills: [], destroyed: false });
});
