import { TaskStatus as InternalTaskStatus } from "@berth/proto/internal";
import { TaskStatus } from "@berth/proto/v1";
import { expect, test } from "vitest";
import { convertMessage, isTerminalState } from "../src/index.ts";

test("a message keeps everything but the names of the other package", () => {
  const internal = {
    taskId: { value: "t" },
    state: "TASK_LOST" as const,
    slaveId: { value: "s" },
    source: "SOURCE_SLAVE" as const,
    reason: "REASON_SLAVE_DRAINING" as const,
    timestamp: 1.5,
  };
  const v1 = convertMessage(InternalTaskStatus, TaskStatus, internal);
  expect(v1).toMatchObject({ agentId: { value: "s" }, source: "SOURCE_AGENT", reason: "REASON_AGENT_DRAINING" });
  expect(convertMessage(TaskStatus, InternalTaskStatus, v1)).toMatchObject(internal);
});

test.each([
  ["TASK_FINISHED", true],
  ["TASK_GONE_BY_OPERATOR", true],
  ["TASK_UNREACHABLE", false],
  ["TASK_UNKNOWN", false],
  ["TASK_KILLING", false],
  [undefined, false],
] as const)("%s is terminal: %s", (state, terminal) => {
  expect(isTerminalState(state)).toBe(terminal);
});
