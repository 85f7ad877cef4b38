import type { TaskEnd } from "@berth/task-runner";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../src/exit-code.ts";

const end = (status: TaskEnd["status"], rest: Partial<TaskEnd> = {}): TaskEnd => ({
  status,
  outOfMemory: false,
  ...rest,
});

describe("the exit code of berth run", () => {
  it.each<[string, TaskEnd, NodeJS.Signals | undefined, number]>([
    ["finished", end({ state: "TASK_FINISHED" }, { exitCode: 0 }), undefined, 0],
    ["the container's own", end({ state: "TASK_FAILED" }, { exitCode: 3 }), undefined, 3],
    ["a signal", end({ state: "TASK_FAILED" }, { exitCode: 139, killSignal: "SIGSEGV" }), undefined, 139],
    ["a signal without a code", end({ state: "TASK_FAILED" }, { killSignal: "SIGTERM" }), undefined, 143],
    ["out of memory", end({ state: "TASK_FAILED" }, { exitCode: 1, outOfMemory: true }), undefined, 137],
    [
      "too long",
      end({ state: "TASK_FAILED", reason: "REASON_MAX_COMPLETION_TIME_REACHED" }, { exitCode: 137 }),
      undefined,
      124,
    ],
    ["no container", end({ state: "TASK_FAILED" }), undefined, 125],
    ["Ctrl-C", end({ state: "TASK_KILLED" }, { exitCode: 0 }), "SIGINT", 130],
    ["Ctrl-C before there was a container", end({ state: "TASK_KILLED" }), "SIGINT", 130],
    ["Ctrl-C that also hit a child of the fetcher", end({ state: "TASK_FAILED" }), "SIGINT", 130],
    ["SIGTERM", end({ state: "TASK_KILLED" }, { exitCode: 143 }), "SIGTERM", 143],
    ["no reader", end({ state: "TASK_KILLED" }, { exitCode: 143 }), "SIGPIPE", 141],
    ["Ctrl-C that came too late", end({ state: "TASK_FINISHED" }, { exitCode: 0 }), "SIGINT", 0],
    ["killed by somebody else, well behaved", end({ state: "TASK_KILLED" }, { exitCode: 0 }), undefined, 1],
  ])("%s", (_, taskEnd, signal, code) => {
    expect(exitCodeOf(taskEnd, signal)).toBe(code);
  });
});
