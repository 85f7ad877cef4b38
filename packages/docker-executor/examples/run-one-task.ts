import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCgroupReader } from "@berth/cgroups";
import { createDockerExecutor } from "@berth/docker-executor";
import { createEngineClient } from "@berth/engine-client";
import { createSandboxLogs } from "@berth/sandbox-logs";

const engine = createEngineClient({ endpoint: { kind: "unix", socketPath: "/var/run/docker.sock" } });
const executor = createDockerExecutor(
  { engine, logs: createSandboxLogs(engine), cgroups: createCgroupReader() },
  { removeDelayMs: 0 },
);

const run = executor.launch(
  {
    agentId: "11111111-1111-1111-1111-111111111111-S0",
    frameworkId: "11111111-1111-1111-1111-111111111111-0000",
    executorId: "hello",
    containerId: "22222222-2222-4222-8222-222222222222",
    sandboxDirectory: await mkdtemp(join(tmpdir(), "sandbox-")),
    taskKillingState: false,
    task: {
      taskId: { value: "hello" },
      command: { value: "echo hello" },
      container: { type: "DOCKER", docker: { image: "busybox:latest" } },
      resources: [{ name: "mem", type: "SCALAR", scalar: { value: 64 } }],
    },
  },
  {
    // Fetch files and pull the image here; the signal is aborted when the task is killed meanwhile.
    prepare: () => Promise.resolve({ image: "busybox:latest" }),
    onStatus: ({ state, message }) => process.stderr.write(`${state} ${message ?? ""}\n`),
  },
);
const { exitCode } = await run.terminated;
await executor.close();
await engine.close();
process.exitCode = exitCode ?? 125;
