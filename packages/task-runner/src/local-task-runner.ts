import { randomUUID } from "node:crypto";
import {
  type ContainerConfig,
  type Containerizer,
  createSandbox,
  isContainerizerError,
  resolveUser,
  type UserIdentity,
} from "@berth/containerizer";
import type { ContainerID, TaskInfo } from "@berth/proto/v1";
import { TaskRunnerError } from "./errors.ts";
import { LocalTask } from "./local-task.ts";
import type { RunningTask, RunTaskRequest, TaskRunner } from "./task-runner.ts";

export interface LocalTaskRunnerDeps {
  readonly containerizer: Pick<Containerizer, "launch" | "wait" | "destroy" | "killTask" | "close">;
}

export interface LocalTaskRunnerOptions {
  /** Sandboxes lie below it. */
  readonly workDirectory: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Default: `<uuid>-S0` and `<uuid>-0000` with one fresh UUID for both. Fresh ones for every runner, so that two runs on one work
   * folder never take each other's containers for their own.
   */
  readonly agentId?: string | undefined;
  readonly frameworkId?: string | undefined;
  /** The user of tasks that name none; this process's when absent. */
  readonly user?: string | undefined;
}

/** Runs tasks through a containerizer in this process, the way an agent would. */
export function createLocalTaskRunner(deps: LocalTaskRunnerDeps, options: LocalTaskRunnerOptions): TaskRunner {
  const cluster = randomUUID();
  return new LocalTaskRunner(deps, {
    ...options,
    agentId: options.agentId ?? `${cluster}-S0`,
    frameworkId: options.frameworkId ?? `${cluster}-0000`,
  });
}

class LocalTaskRunner implements TaskRunner {
  readonly #deps: LocalTaskRunnerDeps;
  readonly #options: LocalTaskRunnerOptions & { readonly agentId: string; readonly frameworkId: string };
  readonly #running = new Map<LocalTask, ContainerID>();
  #closed = false;

  constructor(
    deps: LocalTaskRunnerDeps,
    options: LocalTaskRunnerOptions & { readonly agentId: string; readonly frameworkId: string },
  ) {
    this.#deps = deps;
    this.#options = options;
  }

  async run(request: RunTaskRequest): Promise<RunningTask> {
    this.#refuseWhenClosed();
    const { agentId, frameworkId } = this.#options;
    const task: TaskInfo = { ...request.task, agentId: { value: agentId } };
    const executorId = task.taskId?.value ?? "";
    const containerId = randomUUID();
    const owner = await this.#owner(task, containerId);
    const sandboxDirectory = await this.#sandbox({ agentId, frameworkId, executorId, containerId, owner });
    this.#refuseWhenClosed();
    const config: ContainerConfig = {
      agentId,
      frameworkId,
      executorId,
      taskInfo: task,
      commandInfo: task.command ?? {},
      containerInfo: task.container,
      resources: task.resources ?? [],
      limits: task.limits,
      directory: sandboxDirectory,
      user: owner?.name,
      owner,
      environment: {},
      taskKillingState: true,
      frameworksHome: request.frameworksHome,
    };
    const running = new LocalTask(this.#deps.containerizer, this.#options, { value: containerId }, config, request);
    this.#running.set(running, { value: containerId });
    running.start();
    void running.ended.finally(() => this.#running.delete(running)).catch(() => undefined);
    return running;
  }

  /** Ends what still runs, at once, and leaves no container behind. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running];
    await Promise.all(running.map(([, containerId]) => this.#deps.containerizer.destroy(containerId)));
    await Promise.all(running.map(([task]) => task.ended));
    await this.#deps.containerizer.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new TaskRunnerError("closed", "the task runner has been closed");
  }

  async #owner(task: TaskInfo, containerId: string): Promise<UserIdentity | undefined> {
    const user = task.command?.user ?? this.#options.user;
    if (user === undefined) return undefined;
    return resolveUser(user, { containerId }).catch((error: unknown) => refuse(error));
  }

  async #sandbox(ids: Omit<Parameters<typeof createSandbox>[0], "workDirectory">): Promise<string> {
    const { workDirectory } = this.#options;
    return createSandbox({ workDirectory, ...ids }).catch((error: unknown) => refuse(error));
  }
}

function refuse(error: unknown): never {
  if (!isContainerizerError(error)) throw error;
  const code = error.code === "sandbox-refused" ? "sandbox-refused" : "invalid-task";
  throw new TaskRunnerError(code, error.message, { cause: error });
}
