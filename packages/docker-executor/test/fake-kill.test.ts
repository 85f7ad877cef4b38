import { describe, expect, it } from "vitest";
import { createFakeBench } from "./fake-bench.ts";
import { taskInfo } from "./task-fixtures.ts";

const stopCall = "POST /containers/*/stop";
const killCall = "POST /containers/*/kill";
const inspectCall = "GET /containers/*/json";
const grace = (seconds: number) => ({ gracePeriod: { nanoseconds: BigInt(seconds) * 1_000_000_000n } });

describe("kill", () => {
  it("stops with the grace of the call, and reports TASK_KILLING and TASK_KILLED", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    const task = await bench.start(taskInfo(), { taskKillingState: true });
    await task.run.launched;
    task.run.kill({ killPolicy: grace(30) });
    task.run.kill({ killPolicy: grace(60) });
    const end = await task.run.terminated;
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_KILLING", "TASK_KILLED"]);
    expect(end).toMatchObject({ exitCode: 143, killSignal: "SIGTERM" });
    const stop = await bench.engine.seen(stopCall);
    expect(stop.query.get("t")).toBe("30");
  });

  it("takes the task's policy before the default", async () => {
    await using bench = await createFakeBench({ behaviour: {} }, { defaultKillGraceMs: 7_000 });
    const first = await bench.start(taskInfo({ killPolicy: grace(11) }));
    const second = await bench.start(taskInfo());
    await Promise.all([first.run.launched, second.run.launched]);
    first.run.kill();
    await first.run.terminated;
    second.run.kill();
    await second.run.terminated;
    expect((await bench.engine.seen(stopCall, 1)).query.get("t")).toBe("11");
    expect((await bench.engine.seen(stopCall, 2)).query.get("t")).toBe("7");
  });

  it("is shortened by a second one", async () => {
    await using bench = await createFakeBench({ behaviour: { ignoresSigterm: true } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    task.run.kill({ killPolicy: grace(3_600) });
    await bench.engine.seen(stopCall);
    task.run.kill({ force: true });
    const end = await task.run.terminated;
    expect(end).toMatchObject({ exitCode: 137, status: { state: "TASK_KILLED" } });
  });

  it("goes on to SIGKILL when stop hangs beyond the grace", async () => {
    await using bench = await createFakeBench({ behaviour: { ignoresSigterm: true } });
    bench.engine.fault({ on: stopCall, action: { kind: "hang-before-headers" } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    task.run.kill({ killPolicy: { gracePeriod: { nanoseconds: 200_000_000n } } });
    expect((await task.run.terminated).status.state).toBe("TASK_KILLED");
    await bench.engine.seen(killCall);
  });

  it.each([304, 404])("takes a stop that answers %i for no proof of the end", async (status) => {
    await using bench = await createFakeBench({ behaviour: { ignoresSigterm: true } });
    bench.engine.fault({ on: stopCall, action: { kind: "answer", status, message: "" } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    task.run.kill({ killPolicy: grace(30) });
    expect((await task.run.terminated).status.state).toBe("TASK_KILLED");
    expect(bench.engine.container(task.run.containerName).running).toBe(false);
  });

  it("does not believe a kill until inspect says so, and repeats it", async () => {
    await using bench = await createFakeBench({ behaviour: { ignoresSigterm: true } });
    const lie = bench.engine.fault({
      on: killCall,
      nth: "every",
      action: { kind: "answer", status: 204, message: "" },
    });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    task.run.kill({ force: true });
    await bench.engine.seen(killCall, 3);
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    lie.remove();
    expect((await task.run.terminated).status.state).toBe("TASK_KILLED");
  });

  it("ends when the container is removed by hand in the middle of it", async () => {
    await using bench = await createFakeBench({ behaviour: { ignoresSigterm: true } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    task.run.kill({ killPolicy: grace(3_600) });
    await bench.engine.seen(stopCall);
    bench.engine.dropContainer(task.run.containerName);
    expect((await task.run.terminated).status.state).toBe("TASK_KILLED");
  });

  it("waits for proof through an outage", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    const outage = bench.engine.fault({
      on: / \/containers\//,
      nth: "every",
      action: { kind: "answer", status: 500, message: "not now" },
    });
    task.run.kill({ killPolicy: grace(1) });
    const before = bench.engine.calls.filter(({ path }) => path.endsWith("/json")).length;
    await bench.engine.seen(inspectCall, before + 4);
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    outage.remove();
    expect((await task.run.terminated).status.state).toBe("TASK_KILLED");
  });
});

describe("kill and destroy on the way", () => {
  it("abort prepare, wait for it, and make no container", async () => {
    await using bench = await createFakeBench();
    let settled = false;
    const prepare = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          settled = true;
          reject(new Error("aborted"));
        });
      });
    const task = await bench.start(taskInfo(), {}, { prepare });
    task.run.kill();
    const end = await task.run.terminated;
    expect(settled).toBe(true);
    expect(end.status).toMatchObject({ state: "TASK_KILLED", reason: "REASON_TASK_KILLED_DURING_LAUNCH" });
    expect(end.exitCode).toBeUndefined();
    expect(bench.count(/create$/)).toBe(0);
    await expect(task.run.launched).rejects.toMatchObject({ code: "ended-before-running" });
  });

  it.each([
    ["create", "POST /containers/create"],
    ["attach", "POST /containers/*/attach"],
    ["wait", "POST /containers/*/wait"],
    ["start", "POST /containers/*/start"],
  ])("during %s leave nothing behind", async (_name, call) => {
    await using bench = await createFakeBench({ behaviour: {} });
    const held = bench.engine.fault({ on: call, action: { kind: "delay" } });
    const task = await bench.start(taskInfo());
    await held.struck;
    const destroyed = task.run.destroy();
    held.release();
    const end = await destroyed;
    expect(end.status).toMatchObject({ state: "TASK_KILLED", reason: "REASON_TASK_KILLED_DURING_LAUNCH" });
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_KILLED"]);
    expect(bench.engine.containers).toHaveLength(0);
  });

  it("during a create that never answers end the task, and remove what it makes after all", async () => {
    await using bench = await createFakeBench({ behaviour: {} }, { createPatienceMs: 50 });
    const held = bench.engine.fault({ on: "POST /containers/create", action: { kind: "delay" } });
    const task = await bench.start(taskInfo());
    await held.struck;
    await task.run.destroy();
    held.release();
    await bench.engine.seen("DELETE /containers/*");
    expect(bench.engine.containers).toHaveLength(0);
  });

  it("by grace during start let the task hear the signal", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    const held = bench.engine.fault({ on: "POST /containers/*/start", action: { kind: "delay" } });
    const task = await bench.start(taskInfo());
    await held.struck;
    task.run.kill({ killPolicy: grace(30) });
    held.release();
    expect(await task.run.terminated).toMatchObject({ exitCode: 143, status: { state: "TASK_KILLED" } });
    await bench.engine.seen(stopCall);
  });
});

it("ends a task at its max_completion_time", async () => {
  await using bench = await createFakeBench({ behaviour: { ignoresSigterm: true } });
  const task = await bench.start(taskInfo({ maxCompletionTime: { nanoseconds: 300_000_000n } }), {
    taskKillingState: true,
  });
  const { status } = await task.run.terminated;
  expect(status).toMatchObject({ state: "TASK_FAILED", reason: "REASON_MAX_COMPLETION_TIME_REACHED" });
  expect(task.states()).not.toContain("TASK_KILLING");
});
