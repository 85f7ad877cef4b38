import { describe, expect, it } from "vitest";
import { createFakeBench } from "./fake-bench.ts";
import { scalar, taskInfo } from "./task-fixtures.ts";

const waitCall = "POST /containers/*/wait";

describe("the exit", () => {
  it("is seen by the event when the wait has broken", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    bench.engine.fault({ on: waitCall, nth: "every", action: { kind: "hang-before-headers" } });
    bench.engine.dropConnections();
    await bench.engine.seen(waitCall, 2);
    await bench.engine.seen("GET /events", 2);
    bench.engine.container(task.run.containerName).exit(3);
    expect((await task.run.terminated).status.message).toBe("Container exited with status 3");
  });

  it("is seen by the wait when the event is lost", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    bench.engine.disturbEvents(() => []);
    const task = await bench.start(taskInfo());
    await task.run.launched;
    bench.engine.container(task.run.containerName).exit(4);
    expect((await task.run.terminated).exitCode).toBe(4);
  });

  it("is reported once when the event comes twice", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    bench.engine.disturbEvents((event) => [event, event]);
    const task = await bench.start(taskInfo());
    await task.run.launched;
    bench.engine.container(task.run.containerName).exit(0);
    await task.run.terminated;
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
  });

  it("is not concluded from an engine that answers 500, nor from lost connections", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    const outage = bench.engine.fault({
      on: / \/containers\//,
      nth: "every",
      action: { kind: "answer", status: 500, message: "not now" },
    });
    bench.engine.dropConnections();
    await bench.engine.seen("GET /containers/*/json", 5);
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    outage.remove();
    await bench.engine.seen(waitCall, 2);
    bench.engine.container(task.run.containerName).exit(0);
    expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  });

  it("of a container that is removed by hand has no exit code that nobody knows", async () => {
    await using bench = await createFakeBench({ behaviour: {} });
    bench.engine.fault({ on: waitCall, nth: "every", action: { kind: "cut", afterBytes: 0 } });
    const task = await bench.start(taskInfo());
    await task.run.launched;
    bench.engine.dropContainer(task.run.containerName);
    const end = await task.run.terminated;
    expect(end.status.state).toBe("TASK_FAILED");
    expect(end.exitCode === undefined || end.exitCode === 137).toBe(true);
  });
});

it.each([{ by: "the wait" }, { by: "the event" }])(
  "the logs hear of the exit by $by, before an inspect has confirmed it",
  async ({ by }) => {
    const expected = Promise.withResolvers<void>();
    await using bench = await createFakeBench(
      { behaviour: {} },
      {
        watchLogs: (logs) => ({
          ...logs,
          async open(request) {
            const session = await logs.open(request);
            const exitExpected = session.exitExpected.bind(session);
            return Object.assign(session, {
              exitExpected: () => {
                exitExpected();
                expected.resolve();
              },
            });
          },
        }),
      },
    );
    const task = await bench.start(taskInfo());
    await task.run.launched;
    if (by === "the wait") bench.engine.disturbEvents(() => []);
    else {
      bench.engine.fault({ on: waitCall, nth: "every", action: { kind: "hang-before-headers" } });
      bench.engine.dropConnections();
      await bench.engine.seen(waitCall, 2);
      await bench.engine.seen("GET /events", 2);
    }
    const held = bench.engine.fault({ on: "GET /containers/*/json", nth: "every", action: { kind: "delay" } });
    bench.engine.container(task.run.containerName).exit(0);
    await expected.promise;
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    held.release();
    expect((await task.run.terminated).status.message).toBe("Container exited with status 0");
  },
);

describe("the memory limit", () => {
  it("is named as the reason on the engine's evidence, with peak and limit", async () => {
    await using bench = await createFakeBench({ behaviour: { exitCode: 137, oomKilled: true } });
    const task = await bench.start(taskInfo({ resources: [scalar("mem", 64)] }));
    const end = await task.run.terminated;
    expect(end).toMatchObject({ outOfMemory: true, exitCode: 137, killSignal: "SIGKILL" });
    expect(end.status).toMatchObject({
      state: "TASK_FAILED",
      reason: "REASON_CONTAINER_LIMITATION_MEMORY",
      message: "Memory limit exceeded: Requested: 64MB Maximum Used: unknown; Container exited with status 137",
      limitation: { resources: [{ name: "mem", scalar: { value: 64 } }] },
    });
  });

  it("is not named for a plain 137", async () => {
    await using bench = await createFakeBench({ behaviour: { exitCode: 137 } });
    const task = await bench.start(taskInfo());
    const end = await task.run.terminated;
    expect(end.outOfMemory).toBe(false);
    expect(end.status.reason).toBeUndefined();
  });
});

it("makes at most eight calls from launch to removal", async () => {
  await using bench = await createFakeBench({ behaviour: { exitCode: 0 } });
  // The first launch also pays for what all share: the version and the event stream.
  await (await bench.start(taskInfo())).run.destroy();
  const before = bench.engine.calls.length;
  const task = await bench.start(taskInfo());
  await task.run.terminated;
  await task.run.destroy();
  expect(bench.engine.containers).toHaveLength(0);
  expect(bench.engine.calls.slice(before).map(({ method, path }) => `${method} ${path}`).length).toBeLessThanOrEqual(8);
});
