import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCgroupReader } from "@berth/cgroups";
import { createEngineClient, type EngineClientOptions, type EngineEndpoint } from "@berth/engine-client";
import type { TaskInfo, TaskStatus } from "@berth/proto/v1";
import { createSandboxLogs, type SandboxLogs } from "@berth/sandbox-logs";
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
}

/** An executor and what a test does with it. Disposal ends every task and removes every container it made. */
export interface Bench extends AsyncDisposable {
  readonly executor: DockerExecutor;
  start(task: TaskInfo, changes?: Partial<DockerLaunch>, hooks?: Partial<DockerExecutorHooks>): Promise<LaunchedTask>;
  sandbox(name?: string): Promise<string>;
}

export interface BenchOptions extends DockerExecutorOptions {
  readonly client?: EngineClientOptions;
  /** Puts something in front of the logs. */
  readonly watchLogs?: (logs: SandboxLogs) => SandboxLogs;
}

export async function createBench(
  endpoint: EngineEndpoint,
  { client: clientOptions, watchLogs = (logs) => logs, ...options }: BenchOptions,
): Promise<Bench> {
  const client = createEngineClient({ endpoint }, clientOptions);
  const executor = createDockerExecutor(
    { engine: client, logs: watchLogs(createSandboxLogs(client)), cgroups: createCgroupReader() },
    { removeDelayMs: 0, ...options },
  );
  const directory = await mkdtemp(path.join(tmpdir(), "berth-test-docker-executor-"));
  await chmod(directory, 0o755);
  const runs: DockerRun[] = [];
  const sandbox = async (name = "sandbox-"): Promise<string> => {
    const made = await mkdtemp(path.join(directory, name));
    await chmod(made, 0o777);
    return made;
  };
  return {
    executor,
    sandbox,
    async start(task, changes = {}, hooks = {}) {
      const sandboxDirectory = changes.sandboxDirectory ?? (await sandbox());
      const launch = dockerLaunch(task, { sandboxDirectory, ...changes });
      const statuses: TaskStatus[] = [];
      const run = executor.launch(launch, {
        prepare: () => Promise.resolve({ image: task.container?.docker?.image ?? "" }),
        ...hooks,
        onStatus: (status) => {
          statuses.push(status);
          hooks.onStatus?.(status);
        },
      });
      runs.push(run);
      return {
        run,
        launch,
        statuses,
        states: () => statuses.map((status) => status.state ?? "none"),
        log: (name) => readFile(path.join(sandboxDirectory, name), "utf8"),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(runs.map((run) => run.destroy()));
      await executor.close();
      await client.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
