import { expect, it } from "vitest";
import { createBench } from "./bench.ts";
import { createFakeBench } from "./fake-bench.ts";
import { dockerLaunch, taskInfo } from "./task-fixtures.ts";

it("lets go of running tasks when closed, and says nothing more", async () => {
  await using bench = await createFakeBench({ behaviour: {} });
  const launch = dockerLaunch(taskInfo(), { sandboxDirectory: await bench.sandbox() });
  const states: string[] = [];
  const run = bench.executor.launch(launch, {
    prepare: () => Promise.resolve({ image: "berth-test/busybox:1" }),
    onStatus: ({ state }) => states.push(state ?? ""),
  });
  await run.launched;
  await bench.executor.close();
  const container = bench.engine.container(run.containerName);
  expect(container.running).toBe(true);
  container.exit(0);
  await container.exited;
  await expect.poll(() => bench.engine.connectionCount, { timeout: 20_000 }).toBeLessThanOrEqual(4);
  expect(states).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
});

it("fails a launch when there is no engine, with its address", async () => {
  await using bench = await createBench(
    { kind: "unix", socketPath: "/nonexistent/docker.sock" },
    { createRetryMs: 100, strayWatchMs: 0 },
  );
  const task = await bench.start(taskInfo());
  const { status } = await task.run.terminated;
  expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
  expect(status.message).toContain("/nonexistent/docker.sock");
});

it("keeps the reason of a prepare that failed", async () => {
  await using bench = await createFakeBench();
  const task = await bench.start(taskInfo(), {}, { prepare: () => Promise.reject(new Error("manifest unknown")) });
  const { status } = await task.run.terminated;
  expect(status.message).toBe("Failed to launch container: manifest unknown");
  expect(task.states()).toEqual(["TASK_STARTING", "TASK_FAILED"]);
});

it("makes not one call for a task that cannot be", async () => {
  await using bench = await createFakeBench();
  let prepared = false;
  const prepare = () => {
    prepared = true;
    return Promise.resolve({ image: "" });
  };
  const task = await bench.start(taskInfo({ check: {} }), {}, { prepare });
  const { status } = await task.run.terminated;
  expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_TASK_INVALID" });
  expect(status.message).toMatch(/^Failed to create docker run options: check: /);
  await expect(task.run.launched).rejects.toMatchObject({ code: "invalid-task", faults: [{ path: "check" }] });
  expect(prepared).toBe(false);
  expect(bench.engine.calls).toHaveLength(0);
});
