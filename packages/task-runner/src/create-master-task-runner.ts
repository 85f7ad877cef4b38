import type { FrameworkInfo } from "@berth/proto/v1";
import type { BackOff } from "./back-off.ts";
import { TaskRunnerError } from "./errors.ts";
import { frameworkInfo, type KnownFramework, resumedFrameworkInfo } from "./framework-info.ts";
import { newTaskLife, resumedTaskLife, type TaskLife } from "./life/task-life.ts";
import { MasterTask, type MasterTaskRunnerDeps, type MasterTaskTimes, type TaskListener } from "./master-task.ts";
import type { DetachableTask, ResumeTaskRequest, RunTaskRequest, TaskRunner } from "./task-runner.ts";

/** One more than a task runner: its tasks may outlive it. */
export interface MasterTaskRunner extends TaskRunner {
  run(request: RunTaskRequest): Promise<DetachableTask>;
  /** Becomes the scheduler of a detached task: it can be killed again, and `close` ends it. Where it lies is not found out. */
  resume(framework: KnownFramework, request: ResumeTaskRequest): Promise<DetachableTask>;
}

export interface MasterTaskRunnerOptions {
  /** Of the frameworks; tasks that name no user run as this one. */
  readonly user: string;
  readonly principal?: string | undefined;
  /** How long a master keeps a task whose runner has gone without `close`. Default 120. */
  readonly failoverTimeoutSeconds?: number | undefined;
  /** Tests want them shorter. */
  readonly times?: Partial<MasterTaskTimes> | undefined;
  readonly backOff?: Partial<Omit<BackOff, "random">> | undefined;
}

const defaultTimes: MasterTaskTimes = {
  noticeMs: 3_000,
  reconcileMs: 15_000,
  hearsayMs: 20_000,
  closeMs: 30_000,
};
const defaultBackOff = { firstMs: 500, longestMs: 10_000, firstAttempts: 6 };

/** Runs each task as a framework of its own, which a master places on one of its agents. Opens nothing before the first `run`. */
export function createMasterTaskRunner(deps: MasterTaskRunnerDeps, options: MasterTaskRunnerOptions): MasterTaskRunner {
  return new FrameworkTaskRunner(deps, options);
}

class FrameworkTaskRunner implements MasterTaskRunner {
  readonly #deps: MasterTaskRunnerDeps;
  readonly #options: MasterTaskRunnerOptions;
  readonly #tasks = new Set<MasterTask>();
  #closed = false;

  constructor(deps: MasterTaskRunnerDeps, options: MasterTaskRunnerOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  async run(request: RunTaskRequest): Promise<DetachableTask> {
    const { user, principal, failoverTimeoutSeconds = 120 } = this.#options;
    const framework = frameworkInfo(request.task, { user, principal, failoverTimeoutSeconds });
    return this.#start(request, framework, newTaskLife(request.task));
  }

  async resume(framework: KnownFramework, request: ResumeTaskRequest): Promise<DetachableTask> {
    const { taskId, agentId } = request;
    return this.#start(request, resumedFrameworkInfo(framework), resumedTaskLife(taskId, agentId));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#tasks].map((task) => task.close()));
  }

  async #start(listener: TaskListener, framework: FrameworkInfo, life: TaskLife): Promise<DetachableTask> {
    const { times, backOff } = this.#options;
    if (this.#closed) throw new TaskRunnerError("closed", "the task runner has been closed");
    const task = new MasterTask(this.#deps, listener, life, {
      framework,
      times: { ...defaultTimes, ...times },
      backOff: { ...defaultBackOff, ...backOff, random: this.#deps.random },
    });
    this.#tasks.add(task);
    try {
      await task.start();
    } catch (error) {
      this.#tasks.delete(task);
      throw error;
    }
    return task;
  }
}
