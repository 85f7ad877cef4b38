import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { ExitedExecutorMessage, StatusUpdateMessage } from "@berth/proto/internal/messages";
import { expect, test } from "vitest";
import { agentId, frameworkId, startWorld } from "./world.ts";

test("a refused task is told reliably and is in no book", async () => {
  const world = await startWorld();
  world.run("t1", { task: { resources: [] } });
  await expect.poll(() => world.states("t1")).toEqual(["TASK_DROPPED"]);
  expect(world.lastUpdate("t1").update?.status).toMatchObject({
    source: "SOURCE_SLAVE",
    reason: "REASON_RESOURCES_UNKNOWN",
  });
  expect(world.sentOf(ExitedExecutorMessage)).toEqual([
    { slaveId: { value: agentId }, frameworkId: { value: frameworkId }, executorId: { value: "t1" }, status: -1 },
  ]);
  expect(world.core.snapshot().frameworks).toEqual([]);
  world.timers.advance(10_000);
  expect(world.states("t1")).toEqual(["TASK_DROPPED", "TASK_DROPPED"]);
  world.acknowledge(world.lastUpdate("t1"));
  await expect.poll(() => world.timers.size).toBe(0);
});

test("a framework that does not know of partitions hears TASK_LOST", async () => {
  const world = await startWorld();
  world.run("t1", { task: { resources: [] }, framework: { capabilities: [] } });
  await expect.poll(() => world.states("t1")).toEqual(["TASK_LOST"]);
});

test("a task for another agent is nothing to us", async () => {
  const world = await startWorld();
  world.run("t1", { task: { slaveId: { value: "another" } } });
  expect(world.sent).toEqual([]);
  expect(world.core.snapshot().frameworks).toEqual([]);
});

test("a second task of an id is refused, and the first one goes on", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING"]);
  world.run("t1", { task: { command: { value: "another" } } });
  expect(world.states("t1")).toEqual(["TASK_STARTING", "TASK_DROPPED"]);
  const { update } = world.lastUpdate("t1");
  // The master goes by the state of the one that is here.
  expect(update).toMatchObject({ latestState: "TASK_RUNNING", status: { reason: "REASON_TASK_INVALID" } });
  world.acknowledge(world.lastUpdate("t1"));
  expect(world.containerizer.all).toHaveLength(1);
  expect(world.containerizer.of("t1").kills).toEqual([]);
  const [starting] = world.sentOf(StatusUpdateMessage);
  world.acknowledge(starting ?? {});
  await expect.poll(() => world.states("t1").at(-1)).toBe("TASK_RUNNING");
});

test("an id is free when its last update is acknowledged, also while the container is cleared away", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.report("TASK_FINISHED");
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FINISHED"]);
  world.acknowledge(world.lastUpdate("t1"));
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(2);
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FINISHED", "TASK_FINISHED"]);
  const [first, second] = world.containerizer.all;
  expect(first?.config.directory).not.toBe(second?.config.directory);
  first?.end(undefined);
  await expect.poll(() => world.core.snapshot().frameworks[0]?.completedExecutors).toHaveLength(1);
  expect(world.core.snapshot().frameworks[0]?.executors).toHaveLength(1);
});

test("an executor of the framework's own is refused by its name", async () => {
  const world = await startWorld();
  const executor = { executorId: { value: "thermos" }, command: { value: "thermos_executor" } };
  world.run("t1", { task: { command: undefined, executor } });
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FAILED"]);
  expect(world.lastUpdate("t1").update?.status?.message).toContain('"thermos"');
});

test("what no containerizer runs fails with advice", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => {
    container.launch.resolve("not-supported");
    container.termination.resolve(undefined);
  };
  world.run("t1", { task: { container: { type: "MESOS" } } });
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FAILED"]);
  expect(world.lastUpdate("t1").update?.status).toMatchObject({
    source: "SOURCE_SLAVE",
    reason: "REASON_CONTAINER_LAUNCH_FAILED",
    message: "Failed to launch container: no containerizer here runs such a task; set container.type to DOCKER",
  });
  expect(world.core.metrics()).toMatchObject({ "slave/container_launch_errors": 1, "slave/tasks_failed": 1 });
});

test("a launch that fails is told once, whether the executor could say it or not", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => {
    container.report("TASK_STARTING");
    if (container.config.executorId === "told") container.report("TASK_FAILED", { message: "its own words" });
    container.fail("no such image");
  };
  world.run("told");
  world.run("silent");
  await expect.poll(() => world.core.metrics()["slave/tasks_failed"]).toBe(2);
  for (const taskId of ["told", "silent"]) {
    await expect.poll(() => world.states(taskId)).toEqual(["TASK_STARTING"]);
    world.acknowledge(world.lastUpdate(taskId));
    await expect.poll(() => world.states(taskId)).toEqual(["TASK_STARTING", "TASK_FAILED"]);
  }
  expect(world.lastUpdate("told").update?.status?.message).toBe("its own words");
  expect(world.lastUpdate("silent").update?.status?.message).toBe("Failed to launch container: no such image");
});

test("a container that ends without a word ends its task", async () => {
  const world = await startWorld({ acknowledges: true });
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
  world.containerizer.of("t1").termination.resolve({ reason: "REASON_CONTAINER_LIMITATION_MEMORY", message: "oom" });
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
  expect(world.lastUpdate("t1").update?.status).toMatchObject({
    reason: "REASON_CONTAINER_LIMITATION_MEMORY",
    message: "oom",
    executorId: { value: "t1" },
  });
});

test("a wait that fails is no end: the container is destroyed first", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.containerizer.wait = () => Promise.reject(new Error("lost"));
  world.run("t1");
  await expect.poll(() => world.containerizer.all[0]?.destroyed).toBe(true);
  expect(world.states("t1")).toEqual(["TASK_STARTING"]);
  world.acknowledge(world.lastUpdate("t1"));
  await expect.poll(() => world.states("t1").at(-1)).toBe("TASK_RUNNING");
  world.acknowledge(world.lastUpdate("t1"));
  await expect.poll(() => world.states("t1").at(-1)).toBe("TASK_KILLED");
});

test("a sandbox that cannot be made fails its task, and the agent goes on", async () => {
  const world = await startWorld();
  const frameworks = path.join(world.workDirectory, "slaves", agentId, "frameworks");
  await mkdir(path.dirname(frameworks), { recursive: true });
  await symlink("/tmp", frameworks);
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FAILED"]);
  expect(world.lastUpdate("t1").update?.status?.message).toContain("is a link");
  expect(world.containerizer.all).toEqual([]);
});

test("the task's user, else the framework's; one that is not known here fails the task", async () => {
  const world = await startWorld({ options: { switchUser: true } });
  world.containerizer.onLaunch = (container) => container.run();
  const uid = process.getuid?.() ?? 0;
  world.run("theirs", { framework: { user: String(uid) } });
  world.run("own", { framework: { user: String(uid) }, task: { command: { value: "true", user: "no-such-user" } } });
  await expect.poll(() => world.states("theirs")).toEqual(["TASK_STARTING"]);
  expect(world.containerizer.of("theirs").config.owner?.uid).toBe(uid);
  await expect.poll(() => world.states("own")).toEqual(["TASK_FAILED"]);
  expect(world.lastUpdate("own").update?.status?.message).toContain('user "no-such-user" is not known');
});
