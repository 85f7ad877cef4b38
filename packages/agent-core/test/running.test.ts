import { ExitedExecutorMessage } from "@berth/proto/internal/messages";
import { expect, test } from "vitest";
import { agentId, frameworkId, startWorld } from "./world.ts";

test("a Docker command task runs to its end", async () => {
  const world = await startWorld({ acknowledges: true });
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
  const { update, pid } = world.lastUpdate("t1");
  expect(pid).toBe("slave(1)@10.0.0.2:5051");
  expect(update).toMatchObject({
    frameworkId: { value: frameworkId },
    executorId: { value: "t1" },
    slaveId: { value: agentId },
    latestState: "TASK_RUNNING",
    status: { source: "SOURCE_EXECUTOR", executorId: { value: "t1" }, slaveId: { value: agentId } },
  });
  const { config } = world.containerizer.of("t1");
  expect(config).toMatchObject({ agentId, frameworkId, executorId: "t1", taskKillingState: false });
  expect(world.core.snapshot().frameworks[0]?.executors[0]?.launchedTasks[0]?.state).toBe("TASK_RUNNING");

  world.containerizer.of("t1").end("TASK_FINISHED");
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
  expect(world.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
  expect(world.core.snapshot().allocatedResources).toEqual([]);
  expect(world.core.snapshot().completedFrameworks[0]?.completedExecutors[0]?.completedTasks[0]?.state).toBe(
    "TASK_FINISHED",
  );
  expect(world.sentOf(ExitedExecutorMessage)).toEqual([]);
});

test("a kill reaches the container, and a shutdown of the framework says nothing more", async () => {
  const world = await startWorld({ acknowledges: true });
  world.containerizer.onLaunch = (container) => container.run();
  world.containerizer.onKill = (container) => container.end("TASK_KILLED");
  world.run("t1");
  world.run("t2");
  await expect.poll(() => world.states("t2")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
  world.kill("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_KILLED"]);
  world.shutDownFramework();
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
  expect(world.states("t2")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
});
