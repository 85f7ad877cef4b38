import { expect, test } from "vitest";
import { agentId, frameworkId, startWorld } from "./world.ts";

test("what executors and tasks use, with the executor's own share", async () => {
  const world = await startWorld({ acknowledges: true });
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  world.run("t2");
  await expect.poll(() => world.core.metrics()["slave/tasks_running"]).toBe(2);
  const used = () => world.core.snapshot().allocatedResources.map(({ name, scalar }) => [name, scalar?.value]);
  expect(used()).toEqual([
    ["cpus", 1.2],
    ["mem", 128],
  ]);
  world.containerizer.of("t1").report("TASK_FINISHED");
  expect(used()).toEqual([
    ["cpus", 0.7],
    ["mem", 96],
  ]);
  world.containerizer.of("t1").end(undefined);
  await expect.poll(used).toEqual([
    ["cpus", 0.6],
    ["mem", 64],
  ]);
});

test("tasks are shown where they are", async () => {
  const world = await startWorld();
  world.run("t1");
  expect(world.core.snapshot().frameworks[0]).toMatchObject({ pendingTasks: [{ name: "t1" }], executors: [] });
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  const executor = () => world.core.snapshot().frameworks[0]?.executors[0];
  expect(executor()).toMatchObject({
    info: { source: "t1" },
    containerId: world.containerizer.of("t1").id,
    directory: world.containerizer.of("t1").config.directory,
    generatedForCommandTask: true,
    launchedTasks: [{ state: "TASK_STAGING" }],
  });
  world.containerizer.of("t1").end("TASK_FINISHED");
  expect(executor()).toMatchObject({ launchedTasks: [], terminatedTasks: [{ state: "TASK_FINISHED" }] });
});

test("what is over is remembered, so many of it", async () => {
  const world = await startWorld({ acknowledges: true, options: { maxCompletedExecutorsPerFramework: 2 } });
  world.containerizer.onLaunch = (container) => {
    if (container.config.executorId !== "stays") container.end("TASK_FINISHED");
  };
  world.run("stays");
  for (const taskId of ["t1", "t2", "t3"]) {
    world.run(taskId);
    await expect.poll(() => world.core.metrics()["slave/executors_terminated"]).toBe(Number(taskId.slice(1)));
  }
  const [framework] = world.core.snapshot().frameworks;
  expect(framework?.completedExecutors.map(({ info }) => info.source)).toEqual(["t2", "t3"]);
});

test("fifty frameworks that are over are remembered", async () => {
  const world = await startWorld({ acknowledges: true });
  world.containerizer.onLaunch = (container) => container.end("TASK_FINISHED");
  for (let index = 0; index < 52; index++) {
    world.run("t", { framework: { id: { value: `f${index}` } } });
  }
  await expect.poll(() => world.core.metrics()["slave/executors_terminated"]).toBe(52);
  const { completedFrameworks } = world.core.snapshot();
  expect(completedFrameworks).toHaveLength(50);
});

test("sandboxes are there under their virtual paths, for those who come later, too, until they are forgotten", async () => {
  const world = await startWorld({ acknowledges: true, options: { maxCompletedExecutorsPerFramework: 1 } });
  const paths = new Map<string, string>();
  const stop = world.core.watchSandboxes({
    attached: (virtualPath, directory) => void paths.set(virtualPath, directory),
    detached: (virtualPath) => void paths.delete(virtualPath),
  });
  world.containerizer.onLaunch = (container) => container.run();
  world.run("stays");
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(2);
  const { id, config } = world.containerizer.of("t1");
  const runs = `/frameworks/${frameworkId}/executors/t1/runs`;
  const full = `${world.workDirectory}/slaves/${agentId}${runs}`;
  const own = () => [...paths.keys()].filter((each) => each.includes("/t1/"));
  expect(own()).toEqual([`${full}/${id}`, `${full}/latest`, `${runs}/latest`]);
  expect(new Set(paths.values())).toContain(config.directory);
  const later: string[] = [];
  world.core.watchSandboxes({ attached: (virtualPath) => void later.push(virtualPath), detached: () => {} });
  expect(later).toHaveLength(6);
  world.containerizer.of("t1").end("TASK_FINISHED");
  await expect.poll(() => world.core.metrics()["slave/executors_terminated"]).toBe(1);
  expect(own()).toHaveLength(3);
  world.run("t2");
  await expect.poll(() => world.containerizer.all).toHaveLength(3);
  world.containerizer.of("t2").end("TASK_FINISHED");
  await expect.poll(own).toEqual([]);
  stop();
  world.run("t3");
  await expect.poll(() => world.containerizer.all).toHaveLength(4);
  expect([...paths.keys()].some((each) => each.includes("/t3/"))).toBe(false);
});
