import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCgroupReader } from "@berth/cgroups";
import { createDockerContainerizer } from "@berth/docker-containerizer";
import { createDockerExecutor } from "@berth/docker-executor";
import { createEngineClient } from "@berth/engine-client";
import { createFetcher } from "@berth/fetcher";
import { createImagePuller } from "@berth/image-puller";
import type { TaskInfo, TaskState } from "@berth/proto/v1";
import { createSandboxLogs } from "@berth/sandbox-logs";
import { type ContainerTask, createContainerTasks } from "./container-tasks.ts";

/** Fetcher, puller, executor and containerizer, in this process: the way of a task without an agent around it. */
export interface Stack extends AsyncDisposable {
  readonly workDirectory: string;
  /** Starts a task; `reached` resolves with the time (performance.now) at which a state was reported. */
  start(task: TaskInfo): Promise<StartedTask>;
  /** Resolves when the task runs. Nothing is kept of it here. */
  run(task: TaskInfo): Promise<void>;
  /** Resolves when all tasks have ended. */
  idle(): Promise<void>;
}

export interface StartedTask {
  readonly running: ContainerTask;
  readonly reached: (state: TaskState) => Promise<number>;
}

export async function createStack(socketPath: string): Promise<Stack> {
  const workDirectory = await mkdtemp(path.join(tmpdir(), "berth-bench-work-"));
  const engine = createEngineClient({ endpoint: { kind: "unix", socketPath } });
  const cgroups = createCgroupReader();
  const executor = createDockerExecutor(
    { engine, logs: createSandboxLogs(engine), cgroups },
    { removeDelayMs: 0, now: Date.now },
  );
  const fetcher = createFetcher(
    { now: Date.now, random: Math.random },
    { cacheDirectory: path.join(workDirectory, "fetch") },
  );
  const puller = createImagePuller({ engine });
  const containerizer = createDockerContainerizer({ fetcher, puller, executor, engine, cgroups }, { now: Date.now });
  const tasks = createContainerTasks(containerizer, workDirectory);
  return {
    workDirectory,
    async start(task) {
      const seen = new Map<TaskState, PromiseWithResolvers<number>>();
      const slot = (state: TaskState) => {
        const known = seen.get(state) ?? Promise.withResolvers<number>();
        seen.set(state, known);
        return known;
      };
      const running = await tasks.start(task, ({ state }) => {
        if (state !== undefined) slot(state).resolve(performance.now());
      });
      // A task that ends without the state that a bench waits for is a fault of the bench, not a long wait.
      void running.ended.then(({ state, message }) => {
        for (const each of seen.values()) each.reject(new Error(`${state}: ${message}`));
      });
      return { running, reached: (state) => slot(state).promise };
    },
    async run(task) {
      const runs = Promise.withResolvers<void>();
      const { ended } = await tasks.start(task, ({ state, message }) => {
        if (state === "TASK_RUNNING") runs.resolve();
        else if (state !== "TASK_STARTING") runs.reject(new Error(`${state}: ${message}`));
      });
      await Promise.race([runs.promise, ended.then(({ message }) => Promise.reject(new Error(message)))]);
    },
    idle: () => tasks.idle(),
    async [Symbol.asyncDispose]() {
      await tasks.close();
      await containerizer.close();
      await executor.close({ removeNow: true });
      await Promise.all([fetcher.close(), puller.close()]);
      await engine.close();
      await rm(workDirectory, { recursive: true, force: true });
    },
  };
}

let serial = 0;

/** A task with ids of its own. */
export function benchTask(image: string, network: "HOST" | "BRIDGE" | "NONE", command: readonly string[]): TaskInfo {
  serial += 1;
  return {
    name: "bench",
    taskId: { value: `bench-${serial}` },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 64 } },
    ],
    command: { shell: false, arguments: [...command] },
    container: { type: "DOCKER", docker: { image, network } },
  };
}
