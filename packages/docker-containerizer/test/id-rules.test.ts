import { createCgroupReader } from "@berth/cgroups";
import { idFault } from "@berth/containerizer";
import { createDockerExecutor } from "@berth/docker-executor";
import { createEngineClient } from "@berth/engine-client";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { describe, expect, it } from "vitest";

// The executor is of use without a containerizer and does not stand on its contract, so each has the rule; it must be one rule.
describe("what the sandbox and the executor take for a task id", () => {
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath: "/nonexistent/docker.sock" } });
  const executor = createDockerExecutor({ engine, logs: createSandboxLogs(engine), cgroups: createCgroupReader() });

  it.each([
    "a",
    "task.1_x-y@z: ü",
    "é".repeat(127),
    "x".repeat(255),
    "...",
    "",
    "   ",
    "\t",
    "\u00a0",
    ".",
    "..",
    "a/b",
    "a\\b",
    "a\0b",
    "a\nb",
    "a\u007fb",
    "x".repeat(256),
    "é".repeat(128),
  ])("is the same for %j", (id) => {
    const result = executor.plan({
      agentId: "agent-S0",
      frameworkId: "framework",
      executorId: id,
      containerId: "22222222-2222-4222-8222-222222222222",
      sandboxDirectory: "/sandbox",
      taskKillingState: false,
      task: {
        taskId: { value: id },
        command: { shell: false },
        container: { type: "DOCKER", docker: { image: "app:1" } },
      },
    });
    const fault = idFault(id);
    expect(result.ok ? [] : result.faults).toEqual(fault === undefined ? [] : [{ path: "task_id", message: fault }]);
  });
});
