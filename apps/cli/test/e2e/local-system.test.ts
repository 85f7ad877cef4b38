import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Resource } from "@berth/proto/v1";
import { taskRunnerCompliance } from "@berth/task-runner/compliance";
import { engineRequest, findEngine } from "@berth/testkit";
import { beforeAll, describe, it } from "vitest";
import { embeddedSystem } from "../../src/system/embedded-system.ts";
import { testImage } from "./berth.ts";

const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await testImage(socketPath);
});

const scalar = (name: string, value: number): Resource => ({ name, type: "SCALAR", scalar: { value } });

describe.skipIf(engine === undefined)("the system that berth run puts together", () => {
  taskRunnerCompliance("the task runner over a local master and an agent", { describe, it }, async () => {
    const workDirectory = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
    const container = (reference: string) =>
      ({ type: "DOCKER", docker: { image: reference, network: "NONE" } }) as const;
    const task = {
      name: "t",
      taskId: { value: "t" },
      container: container(image),
      resources: [scalar("cpus", 0.1), scalar("mem", 64)],
    };
    // Room for two at a time.
    const room = { ...task, resources: [scalar("cpus", 1), scalar("mem", 256)] };
    const system = await embeddedSystem(
      room,
      {
        endpoint: { kind: "unix", socketPath },
        workDirectory,
        frameworksHome: workDirectory,
        fetcherCacheDirectory: path.join(workDirectory, "fetch"),
        fetcherStallTimeoutMs: undefined,
        dockerConfig: undefined,
        hadoopHome: undefined,
        env: {},
      },
      { now: Date.now, uid: process.getuid?.(), user: "root" },
    );
    return {
      runner: system.runner,
      task: (shell, overrides) => ({ ...task, command: { shell: true, value: shell }, ...overrides }),
      failing: () => ({
        ...task,
        command: { shell: false },
        container: container("127.0.0.1:1/berth-test/absent:1"),
      }),
      traces: async (running) => {
        const { containerId = "none" } = (await running.placed) ?? {};
        const filters = encodeURIComponent(JSON.stringify({ label: [`berth.container_id=${containerId}`] }));
        const { text } = await engineRequest(socketPath, "GET", `/containers/json?all=1&filters=${filters}`);
        return (JSON.parse(text) as { Id: string }[]).map(({ Id }) => Id);
      },
      cleanup: async () => {
        await system.close();
        await rm(workDirectory, { recursive: true, force: true });
      },
    };
  });
});
