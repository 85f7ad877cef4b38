import { isTerminalState } from "@berth/proto";
import type { ExecutorInfo, Resource, Task, TaskInfo, TaskState, TaskStatus } from "@berth/proto/v1";
import { addResources } from "@berth/resources";
import type { RunKey } from "../checkpoint/agent-store.ts";
import type { FrameworkRecord } from "../framework-record.ts";
import type { ProgressThrottle } from "../progress.ts";
import { appendStatus } from "../status/status-history.ts";
import { executorOverhead, generatedExecutor } from "./generated-executor.ts";
import { newTask, type TaskLife } from "./task-life.ts";

export interface TaskRunPlace {
  readonly agentId: string;
  readonly containerId: string;
  /** Of its `task.info` and `task.updates`; undefined when its framework does not checkpoint. */
  readonly checkpointDirectory: string | undefined;
}

/** A command task and the executor that is reckoned for it: what an agent remembers of the two. */
export class TaskRun {
  readonly framework: FrameworkRecord;
  readonly taskId: string;
  readonly info: TaskInfo;
  readonly place: TaskRunPlace;
  life: TaskLife;
  /** The sandbox. */
  directory: string;
  statuses: readonly TaskStatus[] = [];
  /** `task.info` is there, so updates can be stored beside it. */
  stored = false;
  shuttingDown = false;
  progress: ProgressThrottle | undefined;
  /** Ends the wait for the grace of a shutdown. */
  cancelDestroy: (() => void) | undefined;

  constructor(
    framework: FrameworkRecord,
    info: TaskInfo,
    place: TaskRunPlace,
    directory: string,
    life: TaskLife = newTask,
  ) {
    this.framework = framework;
    this.taskId = info.taskId?.value ?? "";
    this.info = info;
    this.place = place;
    this.directory = directory;
    this.life = life;
  }

  get frameworkId(): string {
    return this.framework.id;
  }

  get state(): TaskState {
    return this.statuses.at(-1)?.state ?? "TASK_STAGING";
  }

  get key(): RunKey {
    const { agentId, containerId } = this.place;
    return { agentId, frameworkId: this.frameworkId, executorId: this.taskId, containerId, taskId: this.taskId };
  }

  record(status: TaskStatus): void {
    this.statuses = appendStatus(this.statuses, status);
  }

  executorInfo(): ExecutorInfo {
    return generatedExecutor(this.frameworkId, this.info);
  }

  /** The executor's until the container is gone, the task's until its last status. */
  resources(): Resource[] {
    const executor = this.life.container === "running" ? executorOverhead(this.info) : [];
    const task = isTerminalState(this.state) ? [] : (this.info.resources ?? []);
    return addResources(executor, task);
  }

  /** As masters and `/state` know it. `executor_id` is the caller's to add. */
  task(): Task {
    const { name, taskId, resources, labels, discovery, container, healthCheck, killPolicy, limits, command } =
      this.info;
    return {
      name,
      taskId,
      frameworkId: { value: this.frameworkId },
      agentId: { value: this.place.agentId },
      state: this.state,
      resources,
      statuses: [...this.statuses],
      ...(labels !== undefined && { labels }),
      ...(discovery !== undefined && { discovery }),
      ...(container !== undefined && { container }),
      ...(command?.user !== undefined && { user: command.user }),
      ...(healthCheck !== undefined && { healthCheck }),
      ...(killPolicy !== undefined && { killPolicy }),
      ...(limits !== undefined && { limits }),
    };
  }
}
