import { engineRequest } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import type { DockerLaunch } from "../src/index.ts";
import { createFakeBench, type FakeBench } from "./fake-bench.ts";
import { dockerLaunch, taskInfo } from "./task-fixtures.ts";

const createCall = "POST /containers/create";
const createPattern = /^POST \/containers\/create$/;

/** Puts a container under the name that the launch will want. */
async function occupy(bench: FakeBench, launch: DockerLaunch, labels: Record<string, string>): Promise<void> {
  const { endpoint } = bench.engine;
  if (endpoint.kind !== "unix") throw new Error("the fake engine listens on a socket");
  const answer = await engineRequest(
    endpoint.socketPath,
    "POST",
    `/containers/create?name=mesos-${launch.agentId}.${launch.containerId}`,
    { Image: "berth-test/busybox:1", Labels: labels },
  );
  expect(answer.status).toBe(201);
}

describe("a name that is taken", () => {
  it("by a container of ours as asked for: adopts it", async () => {
    await using bench = await createFakeBench();
    const launch = dockerLaunch(taskInfo(), { sandboxDirectory: await bench.sandbox() });
    const plan = bench.executor.plan(launch);
    if (!plan.ok) throw new Error("the plan is good");
    await occupy(bench, launch, plan.plan.body.Labels ?? {});
    const adopted = bench.engine.containers[0];
    const task = await bench.start(launch.task, launch);
    const { engineContainerId } = await task.run.launched;
    expect(engineContainerId).toBe(adopted?.id);
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.count(createPattern)).toBe(2);
  });

  it("by a container of ours from another request: removes it and creates again", async () => {
    await using bench = await createFakeBench();
    const launch = dockerLaunch(taskInfo(), { sandboxDirectory: await bench.sandbox() });
    await occupy(bench, launch, { "berth.container_id": launch.containerId, "berth.spec_hash": "another" });
    const stale = bench.engine.containers[0];
    const task = await bench.start(launch.task, launch);
    const { engineContainerId } = await task.run.launched;
    expect(engineContainerId).not.toBe(stale?.id);
    expect(task.run.containerName).toBe(`mesos-${launch.agentId}.${launch.containerId}`);
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  });

  it("by somebody else's container: leaves that alone and takes a fresh suffix", async () => {
    await using bench = await createFakeBench();
    const launch = dockerLaunch(taskInfo(), { sandboxDirectory: await bench.sandbox() });
    await occupy(bench, launch, {});
    const task = await bench.start(launch.task, launch);
    await task.run.launched;
    expect(task.run.containerName).toBe(`mesos-${launch.agentId}.${launch.containerId}.1`);
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.engine.container(`mesos-${launch.agentId}.${launch.containerId}`).state.status).toBe("created");
  });

  it("by nobody at all: takes a fresh suffix, and tells the task its real name", async () => {
    await using bench = await createFakeBench();
    const launch = dockerLaunch(taskInfo(), { sandboxDirectory: await bench.sandbox() });
    const name = `mesos-${launch.agentId}.${launch.containerId}`;
    bench.engine.addPhantomName(name);
    const task = await bench.start(launch.task, launch);
    await task.run.launched;
    expect(task.run.containerName).toBe(`${name}.1`);
    const call = bench.engine.calls.findLast(({ path }) => path === "/containers/create");
    expect(call?.body).toMatchObject({ Env: expect.arrayContaining([`MESOS_CONTAINER_NAME=${name}.1`]) as string[] });
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  });
});

describe("a create without a clear answer", () => {
  it("that happened all the same is found and adopted, not repeated", async () => {
    await using bench = await createFakeBench({}, { client: { budgets: { create: 100 } } });
    bench.engine.fault({ on: createCall, action: { kind: "hang-after-effect" } });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.count(createPattern)).toBe(1);
    await task.run.destroy();
    expect(bench.engine.containers).toHaveLength(0);
  });

  it("that happens later is removed when the task has another container by then", async () => {
    await using bench = await createFakeBench({}, { client: { budgets: { create: 100 } } });
    const late = bench.engine.fault({ on: createCall, action: { kind: "delay" } });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    await task.run.destroy();
    late.release();
    await bench.engine.seen("DELETE /containers/*", 2);
    expect(bench.engine.containers).toHaveLength(0);
  });

  it("that never happened is repeated", async () => {
    await using bench = await createFakeBench();
    bench.engine.fault({ on: createCall, action: { kind: "reset" } });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.count(createPattern)).toBe(2);
  });

  it("because the engine answers 500 for a while is waited out", async () => {
    await using bench = await createFakeBench();
    const outage = bench.engine.fault({
      on: / \/containers\//,
      nth: "every",
      action: { kind: "answer", status: 500, message: "not now" },
    });
    const task = await bench.start(taskInfo());
    await bench.engine.seen("GET /containers/*/json", 3);
    outage.remove();
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  });

  it("is given up after its time", async () => {
    await using bench = await createFakeBench({}, { createRetryMs: 200 });
    bench.engine.fault({ on: createCall, nth: "every", action: { kind: "reset" } });
    const task = await bench.start(taskInfo());
    const { status } = await task.run.terminated;
    expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
  });

  it("but failed again and again by an engine that is well otherwise is given up soon, with the engine's words", async () => {
    await using bench = await createFakeBench();
    bench.engine.fault({
      on: createCall,
      nth: "every",
      action: { kind: "answer", status: 500, message: "driver is on fire" },
    });
    const task = await bench.start(taskInfo());
    const { status } = await task.run.terminated;
    expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
    expect(status.message).toContain("driver is on fire");
    expect(bench.count(createPattern)).toBe(5);
  });
});

describe("an image that went between pull and create", () => {
  it("is restored once", async () => {
    await using bench = await createFakeBench();
    bench.engine.dropImage("berth-test/busybox:1");
    let restored = 0;
    const restoreImage = () => {
      restored += 1;
      bench.engine.addImage("berth-test/busybox:1");
      return Promise.resolve({ image: "berth-test/busybox:1" });
    };
    const task = await bench.start(taskInfo(), {}, { restoreImage });
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(restored).toBe(1);
  });

  it("and is gone again fails the launch", async () => {
    await using bench = await createFakeBench();
    bench.engine.dropImage("berth-test/busybox:1");
    let restored = 0;
    const restoreImage = () => {
      restored += 1;
      return Promise.resolve({ image: "berth-test/busybox:1" });
    };
    const task = await bench.start(taskInfo(), {}, { restoreImage });
    const { status } = await task.run.terminated;
    expect(status.state).toBe("TASK_FAILED");
    expect(status.message).toMatch(/no such image/i);
    expect(restored).toBe(1);
  });
});

it("refuses what the engine calls a bad request, without asking again", async () => {
  await using bench = await createFakeBench();
  bench.engine.fault({ on: createCall, nth: "every", action: { kind: "answer", status: 400, message: "bad option" } });
  const task = await bench.start(taskInfo());
  const { status } = await task.run.terminated;
  expect(status.message).toMatch(/^Failed to run docker container: .*bad option/);
  expect(bench.count(createPattern)).toBe(1);
  await expect(task.run.launched).rejects.toMatchObject({ code: "launch-failed" });
});
