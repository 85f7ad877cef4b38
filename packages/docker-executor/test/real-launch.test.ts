import { findEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { createRealBench } from "./real-bench.ts";
import { taskInfo } from "./task-fixtures.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("launch on a real engine", () => {
  it("runs a task from TASK_STARTING to TASK_FINISHED", async () => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(
      taskInfo({ command: { value: "echo out; echo err >&2; pwd > $MESOS_SANDBOX/where" } }),
    );
    const { engineContainerId, pid } = await task.run.launched;
    expect(engineContainerId).toMatch(/^[0-9a-f]{64}$/);
    expect(pid).toBeGreaterThanOrEqual(0);
    const end = await task.run.terminated;
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    expect(end.status.message).toBe("Container exited with status 0");
    expect(end.exitCode).toBe(0);
    expect(await task.log("stdout")).toBe("out\n");
    expect(await task.log("stderr")).toBe("err\n");
    await task.run.destroy();
    expect(await bench.containerCount(task)).toBe(0);
  });

  it.each([
    ["exit code", 3, "Container exited with status 3"],
    ["no exit code", 0, "Container exited with status 0"],
  ])("reports %s", async (_what, code, message) => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(taskInfo({ command: { value: `exit ${code}` } }));
    const end = await task.run.terminated;
    expect(end.status).toMatchObject({ state: code === 0 ? "TASK_FINISHED" : "TASK_FAILED", message });
    expect(task.states()).toHaveLength(3);
  });

  it("fails with the engine's words when the command does not exist", async () => {
    await using bench = await createRealBench(engine);
    const task = await bench.start(taskInfo({ command: { shell: false, value: "/no/such/command" } }));
    const end = await task.run.terminated;
    expect(task.states()).toEqual(["TASK_STARTING", "TASK_FAILED"]);
    expect(end.status.message).toMatch(/Failed to run docker container: .*\/no\/such\/command.*no such file/);
    expect(end.status.reason).toBe("REASON_CONTAINER_LAUNCH_FAILED");
    expect(await bench.containerCount(task)).toBe(0);
  });
});
