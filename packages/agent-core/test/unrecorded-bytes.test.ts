import { ExecutorToFrameworkMessage } from "@berth/proto/internal/messages";
import { unrecorded } from "@berth/testkit";
import { expect, test } from "vitest";
import { progressLabel } from "../src/index.ts";
import { agentId, frameworkId, startWorld, type World } from "./world.ts";

const name = (own: string) => `mesos.internal.${own}`;

async function running(): Promise<World> {
  const world = await startWorld({ acknowledges: true });
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  world.containerizer.of("t1").run();
  await expect.poll(() => world.states("t1")).toContain("TASK_RUNNING");
  return world;
}

test("KillTaskMessage with a policy", async () => {
  const world = await running();
  world.tellBytes(name("KillTaskMessage"), unrecorded.killTask(frameworkId, "t1", 7_000_000_000));
  expect(world.containerizer.of("t1").kills).toEqual([{ gracePeriod: { nanoseconds: 7_000_000_000n } }]);
});

test("ShutdownExecutorMessage", async () => {
  const world = await running();
  world.tellBytes(name("ShutdownExecutorMessage"), unrecorded.shutdownExecutor(frameworkId, "other"));
  expect(world.containerizer.of("t1").kills).toEqual([]);
  world.tellBytes(name("ShutdownExecutorMessage"), unrecorded.shutdownExecutor(frameworkId, "t1"));
  expect(world.containerizer.of("t1").kills).toHaveLength(1);
});

test("DrainSlaveMessage", async () => {
  const world = await running();
  world.tellBytes(name("DrainSlaveMessage"), unrecorded.drainSlave(2_000_000_000, true));
  await expect
    .poll(() => world.containerizer.of("t1").kills)
    .toEqual([{ gracePeriod: { nanoseconds: 2_000_000_000n } }]);
  expect(world.core.snapshot().drainConfig).toEqual({
    maxGracePeriod: { nanoseconds: 2_000_000_000n },
    markGone: true,
  });
});

test("CheckpointResourcesMessage", async () => {
  const world = await startWorld();
  world.tellBytes(name("CheckpointResourcesMessage"), unrecorded.checkpointResources(3, "r", "p"));
  await expect.poll(() => world.core.registration().checkpointedResources).toHaveLength(1);
  const reserved = world.core
    .snapshot()
    .totalResources.find(({ reservations = [] }) => reservations.some(({ role }) => role === "r"));
  expect(reserved).toMatchObject({
    name: "cpus",
    scalar: { value: 3 },
    reservations: [{ type: "DYNAMIC", role: "r", principal: "p" }],
  });
});

test("FrameworkToExecutorMessage is read and counted as one that nobody takes", async () => {
  const world = await running();
  const body = unrecorded.executorMessage({ agentId, frameworkId, executorId: "t1" }, "hello");
  world.tellBytes(name("FrameworkToExecutorMessage"), body);
  expect(world.core.metrics()).toMatchObject({ "slave/invalid_framework_messages": 1 });
});

test("ExecutorToFrameworkMessage goes out in the bytes of the tables", async () => {
  const world = await startWorld();
  world.run("t1", { framework: { labels: { labels: [{ key: progressLabel }] } } });
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  world.containerizer.of("t1").hooks.onProgress?.({ phase: "pulling", detail: 1 });
  const [sent] = world.sent.filter((each) => each.name === ExecutorToFrameworkMessage.$type);
  const data = JSON.stringify({ berth_progress: { task_id: "t1", phase: "pulling", detail: 1 } });
  expect(Buffer.from(sent?.body ?? []).toString("hex")).toBe(
    Buffer.from(unrecorded.executorMessage({ agentId, frameworkId, executorId: "t1" }, data)).toString("hex"),
  );
});
