import { engineRequest } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createFakeBench, type FakeBench } from "./fake-bench.ts";
import { taskInfo } from "./task-fixtures.ts";

async function fetchPing({ engine: { endpoint } }: FakeBench): Promise<void> {
  if (endpoint.kind !== "unix") throw new Error("the fake engine listens on a socket");
  expect((await engineRequest(endpoint.socketPath, "GET", "/_ping")).status).toBe(200);
}

const startCall = "POST /containers/*/start";
const starts = /^POST \/containers\/[^/]+\/start$/;
const portMessage =
  "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:31000 failed: port is already allocated";

describe("a port that is taken", () => {
  it("for a moment: start is tried again until it is free", async () => {
    await using bench = await createFakeBench({
      behaviour: {
        exitCode: 0,
        output: [{ stream: "stdout", data: "hello\n" }],
        startFault: { status: 500, message: portMessage, times: 3 },
      },
    });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.count(starts)).toBe(4);
    expect(await task.log("stdout")).toBe("hello\n");
  });

  it("for longer than is waited: the launch fails and leaves nothing behind", async () => {
    await using bench = await createFakeBench(
      { behaviour: { startFault: { status: 500, message: portMessage } } },
      { portRetryMs: 200 },
    );
    const task = await bench.start(taskInfo());
    const { status } = await task.run.terminated;
    expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
    expect(status.message).toContain("port is already allocated");
    expect(bench.engine.containers).toHaveLength(0);
  });
});

describe("a start without a clear answer", () => {
  it("that happened all the same is taken as started, and not repeated", async () => {
    await using bench = await createFakeBench({ behaviour: {} }, { client: { budgets: { start: 100 } } });
    bench.engine.fault({ on: startCall, action: { kind: "hang-after-effect" } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    bench.engine.container(task.run.containerName).exit(0);
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    expect(bench.count(starts)).toBe(1);
  });

  it("that was over before anybody looked is not started a second time", async () => {
    await using bench = await createFakeBench({ behaviour: { exitCode: 7 } }, { client: { budgets: { start: 100 } } });
    bench.engine.fault({ on: startCall, action: { kind: "reset-after-effect" } });
    const task = await bench.start(taskInfo());
    const { status } = await task.run.terminated;
    expect(status.message).toBe("Container exited with status 7");
    expect(bench.count(starts)).toBe(1);
  });

  it("is not waited for when the container has started and exited meanwhile", async () => {
    await using bench = await createFakeBench({ behaviour: { exitCode: 6 } });
    bench.engine.fault({ on: startCall, action: { kind: "hang-after-effect" } });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).exitCode).toBe(6);
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
  });

  it("that happens later finds the container started already", async () => {
    await using bench = await createFakeBench({ behaviour: {} }, { client: { budgets: { start: 100 } } });
    const late = bench.engine.fault({ on: startCall, action: { kind: "delay" } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    late.release();
    // The late start has been dealt with when the engine answers again.
    await fetchPing(bench);
    bench.engine.container(task.run.containerName).exit(0);
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.count(starts)).toBe(2);
  });

  it("that happens after the end finds no container that it could run again", async () => {
    await using bench = await createFakeBench(
      { behaviour: { exitCode: 5 } },
      { client: { budgets: { start: 100 } }, removeDelayMs: 3_600_000 },
    );
    const late = bench.engine.fault({ on: startCall, action: { kind: "delay" } });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).exitCode).toBe(5);
    await bench.engine.seen("DELETE /containers/*");
    await expect.poll(() => bench.engine.containers).toHaveLength(0);
    late.release();
    await fetchPing(bench);
    expect(bench.count(starts)).toBe(2);
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
  });

  it("that never happened is repeated", async () => {
    await using bench = await createFakeBench();
    bench.engine.fault({ on: startCall, action: { kind: "reset" } });
    const task = await bench.start(taskInfo());
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
    expect(bench.count(starts)).toBe(2);
  });

  it("while the engine answers 500 to everything is waited out", async () => {
    await using bench = await createFakeBench();
    const outage = bench.engine.fault({
      on: /(GET \/containers\/[^/]+\/json|\/start)$/,
      nth: "every",
      action: { kind: "answer", status: 500, message: "not now" },
    });
    const task = await bench.start(taskInfo());
    await bench.engine.seen("GET /containers/*/json", 3);
    expect(task.states()).toEqual(["TASK_STARTING"]);
    outage.remove();
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  });
});

it("fails with the engine's words when it cannot start the command", async () => {
  const message = 'OCI runtime create failed: exec: "/nope": stat /nope: no such file or directory: unknown';
  await using bench = await createFakeBench({ behaviour: { startFault: { status: 400, message } } });
  const task = await bench.start(taskInfo());
  const { status } = await task.run.terminated;
  expect(status.message).toContain(message);
  expect(bench.count(starts)).toBe(1);
  expect(bench.engine.containers).toHaveLength(0);
});

it("fails when the container is removed by hand before it was started", async () => {
  await using bench = await createFakeBench();
  const held = bench.engine.fault({ on: startCall, action: { kind: "delay" } });
  const task = await bench.start(taskInfo());
  await held.struck;
  bench.engine.dropContainer(task.run.containerName);
  held.release();
  const { status } = await task.run.terminated;
  expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_CONTAINER_LAUNCH_FAILED" });
});
