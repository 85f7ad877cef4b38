import { parseResources, withAllocation } from "@berth/resources";
import type { Resource } from "@berth/proto/v1";
import { expect, test } from "vitest";
import { judgeLaunch, type LaunchFacts, type LaunchVerdict } from "../src/task/judge-launch.ts";

const accepted: LaunchFacts = {
  agentId: "S0",
  framework: { id: { value: "F" } },
  task: {
    taskId: { value: "t" },
    agentId: { value: "S0" },
    resources: withAllocation(parseResources("cpus:1;mem:32"), "web"),
    command: { value: "true" },
  },
  launchExecutor: true,
  draining: false,
  frameworkTerminating: false,
  sameId: "none",
  totalResources: parseResources("cpus:4;mem:1024;ports:[31000-31010]"),
};

function judge(change: Partial<LaunchFacts>, task: Partial<LaunchFacts["task"]> = {}): LaunchVerdict {
  return judgeLaunch({ ...accepted, ...change, task: { ...accepted.task, ...task } });
}

const reserved: Resource = {
  name: "disk",
  type: "SCALAR",
  scalar: { value: 1 },
  reservations: [{ type: "DYNAMIC", role: "web" }],
  disk: { persistence: { id: "v1" }, volume: { containerPath: "data", mode: "RW" } },
};

test("what may run", () => {
  expect(judge({})).toEqual({ type: "accept" });
  // An agent talking to a master that does not say.
  expect(judge({ launchExecutor: undefined })).toEqual({ type: "accept" });
  expect(judge({ totalResources: [...accepted.totalResources, reserved] }, { resources: [reserved] })).toEqual({
    type: "accept",
  });
  expect(judge({}, { resources: parseResources("ports:[31000-31003]") })).toEqual({ type: "accept" });
});

test.each<[string, LaunchVerdict, string, string, RegExp]>([
  ["draining", judge({ draining: true }), "TASK_DROPPED", "REASON_AGENT_DRAINING", /draining/],
  ["the same id", judge({ sameId: "present" }), "TASK_DROPPED", "REASON_TASK_INVALID", /has a task of this id/],
  ["no resources", judge({}, { resources: [] }), "TASK_DROPPED", "REASON_RESOURCES_UNKNOWN", /no resources/],
  ["resources unset", judge({}, { resources: undefined }), "TASK_DROPPED", "REASON_RESOURCES_UNKNOWN", /no resources/],
  [
    "more than there are",
    judge({}, { resources: parseResources("cpus:5") }),
    "TASK_DROPPED",
    "REASON_RESOURCES_UNKNOWN",
    /cpus/,
  ],
  ["an unknown volume", judge({}, { resources: [reserved] }), "TASK_DROPPED", "REASON_RESOURCES_UNKNOWN", /disk/],
  [
    "a negative amount",
    judge({}, { resources: [{ name: "cpus", type: "SCALAR", scalar: { value: -1 } }] }),
    "TASK_DROPPED",
    "REASON_TASK_INVALID",
    /invalid/,
  ],
  ["an id with a slash", judge({}, { taskId: { value: "a/b" } }), "TASK_DROPPED", "REASON_TASK_INVALID", /"\/"/],
  [
    "an id that climbs",
    judge({}, { taskId: { value: ".." } }),
    "TASK_DROPPED",
    "REASON_TASK_INVALID",
    /names a folder/,
  ],
  [
    "an id of 10 kB",
    judge({}, { taskId: { value: "x".repeat(10_000) } }),
    "TASK_DROPPED",
    "REASON_TASK_INVALID",
    /10000 bytes/,
  ],
  [
    "a framework id with a slash",
    judge({ framework: { id: { value: "../f" } } }),
    "TASK_DROPPED",
    "REASON_TASK_INVALID",
    /framework/,
  ],
  [
    "an executor of the framework's",
    judge({}, { executor: { executorId: { value: "thermos" } } }),
    "TASK_FAILED",
    "REASON_CONTAINER_LAUNCH_FAILED",
    /"thermos"/,
  ],
  ["neither command nor executor", judge({}, { command: undefined }), "TASK_DROPPED", "REASON_TASK_INVALID", /neither/],
  [
    "an executor that the master thinks is here",
    judge({ launchExecutor: false }),
    "TASK_DROPPED",
    "REASON_EXECUTOR_TERMINATED",
    /not here/,
  ],
])("refused: %s", (_, verdict, state, reason, message) => {
  expect(verdict).toMatchObject({ type: "refuse", status: { state, reason } });
  expect(verdict.type === "refuse" && verdict.status.message).toMatch(message);
});

test("the executor that the master has booked is given back, and only then", () => {
  expect(judge({ draining: true })).toMatchObject({ exitedExecutor: true });
  expect(judge({ draining: true, launchExecutor: false })).toMatchObject({ exitedExecutor: false });
  expect(judge({ draining: true, launchExecutor: undefined })).toMatchObject({ exitedExecutor: false });
});

test("ignored: for another agent, of a framework that is gone, of an id whose end is on its way", () => {
  expect(judge({ agentId: "S1" })).toMatchObject({ type: "ignore", exitedExecutor: false });
  expect(judge({ agentId: undefined })).toMatchObject({ type: "ignore", exitedExecutor: false });
  expect(judge({ frameworkTerminating: true })).toMatchObject({ type: "ignore", exitedExecutor: true });
  expect(judge({ sameId: "undelivered" })).toMatchObject({ type: "ignore", exitedExecutor: true });
});
