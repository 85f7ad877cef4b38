import type { TaskStatus } from "@berth/proto/v1";
import { expect, it } from "vitest";
import { taskEnd } from "../src/index.ts";

it.each<[TaskStatus, object]>([
  [{ state: "TASK_FINISHED", message: "Container exited with status 0" }, { exitCode: 0 }],
  [
    { state: "TASK_FAILED", message: "Container exited with status 139" },
    { exitCode: 139, killSignal: "SIGSEGV" },
  ],
  [{ state: "TASK_FAILED", message: "Command exited with status 3" }, { exitCode: 3 }],
  [
    { state: "TASK_FAILED", message: "Command terminated with signal Aborted (core dumped)" },
    { killSignal: "SIGABRT" },
  ],
  [{ state: "TASK_KILLED", message: "Container terminated with signal Killed" }, { killSignal: "SIGKILL" }],
  [
    {
      state: "TASK_FAILED",
      reason: "REASON_CONTAINER_LIMITATION_MEMORY",
      message: "Memory limit exceeded: Requested: 32MB Maximum Used: 32MB; Container exited with status 137",
    },
    { exitCode: 137, killSignal: "SIGKILL", outOfMemory: true },
  ],
  [
    {
      state: "TASK_FAILED",
      reason: "REASON_CONTAINER_LAUNCH_FAILED",
      message: "Failed to launch container: Failed to fetch: Command exited with status 1",
    },
    {},
  ],
  [{ state: "TASK_FAILED", message: "Executor terminated" }, {}],
  [{ state: "TASK_LOST" }, {}],
])("%j", (status, expected) => {
  const { exitCode, killSignal, outOfMemory } = taskEnd(status);
  expect({ exitCode, killSignal, outOfMemory }).toEqual({
    exitCode: undefined,
    killSignal: undefined,
    outOfMemory: false,
    ...expected,
  });
});
