import { spawn } from "node:child_process";
import { findEngine } from "@berth/testkit";
import { expect, it, onTestFinished } from "vitest";
import { killHostProcess } from "../src/engine/host-process.ts";
import { createRealBench } from "./real-bench.ts";
import { taskInfo } from "./task-fixtures.ts";

const engine = await findEngine();

it("kills no process that is not the container's", async () => {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  expect(await killHostProcess(child.pid ?? 0, "f".repeat(64))).toBe(false);
  expect(await killHostProcess(child.pid ?? 0, "")).toBe(false);
  expect(await killHostProcess(1, "f".repeat(64))).toBe(false);
  expect(child.exitCode ?? child.signalCode).toBeNull();
});

it.skipIf(engine === undefined)("kills the container's process, and the exit is seen", async () => {
  await using bench = await createRealBench(engine);
  const task = await bench.start(taskInfo({ command: { value: "sleep 1000" } }));
  const { pid, engineContainerId } = await task.run.launched;
  expect(await killHostProcess(pid, engineContainerId)).toBe(true);
  expect(await task.run.terminated).toMatchObject({
    exitCode: 137,
    outOfMemory: false,
    status: { state: "TASK_FAILED" },
  });
});
