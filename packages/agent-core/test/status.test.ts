import { expect, test } from "vitest";
import { completeExecutorStatus, completeOwnStatus, type StatusContext } from "../src/status/complete-status.ts";
import { appendStatus } from "../src/status/status-history.ts";

const uuid = Uint8Array.from({ length: 16 }, (_, index) => index);
const context: StatusContext = {
  agentId: "S0",
  taskId: "t",
  executorId: "t",
  containerId: "c",
  ip: "10.0.0.2",
  framework: { capabilities: [{ type: "PARTITION_AWARE" }] },
  drain: undefined,
  timestampSeconds: 1.5,
  uuid,
};

test("an executor's status gets what only the agent knows", () => {
  expect(completeExecutorStatus({ state: "TASK_RUNNING", source: "SOURCE_MASTER" }, context)).toEqual({
    state: "TASK_RUNNING",
    source: "SOURCE_EXECUTOR",
    taskId: { value: "t" },
    agentId: { value: "S0" },
    executorId: { value: "t" },
    timestamp: 1.5,
    uuid,
    containerStatus: { containerId: { value: "c" }, networkInfos: [{ ipAddresses: [{ ipAddress: "10.0.0.2" }] }] },
  });
});

test("what the executor knows better stays", () => {
  const networkInfos = [{ ipAddresses: [{ ipAddress: "172.17.0.2" }] }];
  const own = {
    state: "TASK_RUNNING",
    timestamp: 7,
    uuid: new Uint8Array(16),
    containerStatus: { networkInfos },
  } as const;
  expect(completeExecutorStatus(own, context)).toMatchObject({
    timestamp: 7,
    uuid: new Uint8Array(16),
    containerStatus: { networkInfos },
  });
});

test.each([
  ["TASK_DROPPED", "PARTITION_AWARE", "TASK_DROPPED"],
  ["TASK_GONE", "PARTITION_AWARE", "TASK_GONE"],
  ["TASK_DROPPED", "MULTI_ROLE", "TASK_LOST"],
  ["TASK_GONE", "MULTI_ROLE", "TASK_LOST"],
  ["TASK_FAILED", "MULTI_ROLE", "TASK_FAILED"],
] as const)("%s for a framework with %s is %s", (state, capability, told) => {
  const own = { state, reason: "REASON_RECONCILIATION", message: "" } as const;
  const framework = { capabilities: [{ type: capability }] };
  expect(completeOwnStatus(own, { ...context, framework })).toMatchObject({ state: told, source: "SOURCE_AGENT" });
});

test.each([
  ["TASK_KILLING", false, "PARTITION_AWARE", "TASK_KILLING"],
  ["TASK_KILLED", false, "PARTITION_AWARE", "TASK_KILLED"],
  ["TASK_KILLED", true, "PARTITION_AWARE", "TASK_GONE_BY_OPERATOR"],
  ["TASK_KILLING", true, "PARTITION_AWARE", "TASK_KILLING"],
  ["TASK_KILLED", true, "MULTI_ROLE", "TASK_KILLED"],
] as const)("drained: %s, mark_gone %s, %s is %s", (state, markGone, capability, told) => {
  const framework = { capabilities: [{ type: capability }] };
  expect(completeExecutorStatus({ state }, { ...context, framework, drain: { markGone } })).toMatchObject({
    state: told,
    reason: "REASON_AGENT_DRAINING",
  });
});

test("drained: what ends by itself keeps its reason", () => {
  const status = { state: "TASK_FAILED", reason: "REASON_CONTAINER_LIMITATION_MEMORY" } as const;
  expect(completeExecutorStatus(status, { ...context, drain: {} })).toMatchObject(status);
});

test("the history keeps one status of each state in a row, and no inspects", () => {
  const running = { state: "TASK_RUNNING", data: new Uint8Array(8) } as const;
  const history = [{ state: "TASK_STARTING" } as const, running, { ...running, healthy: true }].reduce(
    appendStatus,
    [] as ReturnType<typeof appendStatus>,
  );
  expect(history).toEqual([{ state: "TASK_STARTING" }, { state: "TASK_RUNNING", healthy: true }]);
});
