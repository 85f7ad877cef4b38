import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCgroupReader } from "@berth/cgroups";
import { createEngineClient } from "@berth/engine-client";
import type { TaskInfo, TaskStatus } from "@berth/proto/v1";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { engineRequest, ensureTestImage, type RealEngine } from "@berth/testkit";
import {
  createDockerExecutor,
  type DockerExecutor,
  type DockerExecutorHooks,
  type DockerExecutorOptions,
  type DockerLaunch,
  type DockerRun,
} from "../src/index.ts";
import { dockerLaunch } from "./task-fixtures.ts";

export interface LaunchedTask {
  readonly run: DockerRun;
  readonly launch: DockerLaunch;
  readonly statuses: readonly TaskStatus[];
  states(): readonly string[];
  log(name: "stdout" | "stderr"): Promise<string>;
  /** How many containers of this task there are, in whatever state. */
  containerCount(): Promise<number>;
}

/** An executor on the real engine, and what a test does with it. Disposal removes every container it made. */
export interface RealBench extends AsyncDisposable {
  readonly executor: DockerExecutor;
  readonly image: string;
  readonly socketPath: string;
  start(task: TaskInfo, changes?: Partial<DockerLaunch>, hooks?: Partial<DockerExecutorHooks>): Promise<LaunchedTask>;
}

export async function createRealBench(
  engine: RealEngine | undefined,
  options: DockerExecutorOptions = {},
): Promise<RealBench> {
  if (engine === undefined) throw new Error("this test needs an engine");
  const { socketPath } = engine;
  const image = await ensureTestImage(socketPath);
  const client = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  const executor = createDockerExecutor(
    { engine: client, logs: createSandboxLogs(client), cgroups: createCgroupReader() },
    { removeDelayMs: 0, ...options },
  );
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-docker-executor-"));
  await chmod(directory, 0o755);
  const launched: LaunchedTask[] = [];
  return {
    executor,
    image,
    socketPath,
    async start(task, changes = {}, hooks = {}) {
      const sandboxDirectory = changes.sandboxDirectory ?? (await mkdtemp(path.join(directory, "sandbox-")));
      await chmod(sandboxDirectory, 0o777);
      const launch = dockerLaunch(task, { sandboxDirectory, ...changes });
      const statuses: TaskStatus[] = [];
      const run = executor.launch(launch, {
        prepare: () => Promise.resolve({ image: task.container?.docker?.image ?? image }),
        ...hooks,
        onStatus: (status) => {
          statuses.push(status);
          hooks.onStatus?.(status);
        },
      });
      const one: LaunchedTask = {
        run,
        launch,
        statuses,
        states: () => statuses.map((status) => status.state ?? "none"),
        log: (name) => readFile(path.join(sandboxDirectory, name), "utf8"),
        containerCount: () => countContainers(socketPath, launch.containerId),
      };
      launched.push(one);
      return one;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(launched.map(({ run }) => run.destroy()));
      await executor.close();
      await client.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function countContainers(socketPath: string, containerId: string): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`berth.container_id=${containerId}`] }));
  const answer = await engineRequest(socketPath, "GET", `/containers/json?all=1&filters=${filters}`);
  return (JSON.parse(answer.text) as unknown[]).length;
}
