import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { taskRunnerCompliance } from "@berth/task-runner/compliance";
import { engineRequest, findEngine } from "@berth/testkit";
import { beforeAll, describe, it } from "vitest";
import { composeDocker, composeLocalSystem } from "../../src/compose.ts";
import { testImage } from "./berth.ts";

const engine = await findEngine();
const socketPath = engine?.socketPath ?? "";
let image = "";

beforeAll(async () => {
  if (engine !== undefined) image = await testImage(socketPath);
});

describe.skipIf(engine === undefined)("the system that berth run puts together", () => {
  taskRunnerCompliance("the local task runner", { describe, it }, async () => {
    const workDirectory = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
    const endpoint = { kind: "unix", socketPath } as const;
    const system = composeLocalSystem(
      composeDocker(endpoint, Date.now),
      {
        endpoint,
        workDirectory,
        frameworksHome: workDirectory,
        fetcherCacheDirectory: path.join(workDirectory, "fetch"),
        fetcherStallTimeoutMs: undefined,
        dockerConfig: undefined,
        hadoopHome: undefined,
        env: {},
      },
      Date.now,
    );
    const container = (reference: string) =>
      ({ type: "DOCKER", docker: { image: reference, network: "NONE" } }) as const;
    return {
      runner: system.runner,
      task: (shell, overrides) => ({
        name: "t",
        taskId: { value: "t" },
        command: { shell: true, value: shell },
        container: container(image),
        resources: [{ name: "mem", type: "SCALAR", scalar: { value: 64 } }],
        ...overrides,
      }),
      failing: () => ({
        name: "t",
        taskId: { value: "t" },
        command: { shell: false },
        container: container("127.0.0.1:1/berth-test/absent:1"),
      }),
      traces: async ({ containerId }) => {
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
