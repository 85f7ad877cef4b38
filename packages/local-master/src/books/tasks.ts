import { isTerminalState } from "@berth/proto";
import type { ExecutorInfo, Resource, Task, TaskInfo, TaskState, TaskStatus } from "@berth/proto/v1";
import { release } from "./accounts.ts";
import { remembered } from "./books.ts";
import { remember } from "./bounded.ts";
import { putNested, removeNested } from "./nested-map.ts";
import type { AgentRecord, FrameworkRecord, TaskRecord } from "./records.ts";
import { count, type Turn } from "./turn.ts";

/** What the master keeps of a task that it launches. */
export function taskOf(info: TaskInfo, framework: FrameworkRecord, executor: ExecutorInfo | undefined): Task {
  const user = info.command?.user ?? executor?.command?.user;
  return {
    name: info.name,
    taskId: info.taskId,
    frameworkId: { value: framework.id },
    ...(executor !== undefined && { executorId: executor.executorId }),
    agentId: info.agentId,
    state: "TASK_STAGING",
    resources: info.resources,
    labels: info.labels,
    discovery: info.discovery,
    container: info.container,
    healthCheck: info.healthCheck,
    killPolicy: info.killPolicy,
    limits: info.limits,
    ...(user !== undefined && { user }),
  };
}

/** Books a task whose resources have been charged already, or are to be charged by the caller. */
export function addTask(agent: AgentRecord, framework: FrameworkRecord, task: Task): TaskRecord {
  const record: TaskRecord = {
    id: task.taskId?.value ?? "",
    frameworkId: framework.id,
    agentId: agent.id,
    task,
    released: false,
    unreachableSince: undefined,
  };
  putNested(agent.tasks, framework.id, record.id, record);
  framework.tasks.set(record.id, record);
  return record;
}

/** Notes an update; a task that has ended gives its resources back at once, acknowledged or not. */
export function updateTask(
  turn: Turn,
  record: TaskRecord,
  status: TaskStatus,
  latestState: TaskState | undefined,
  uuid: Uint8Array | undefined,
): void {
  const before = record.task;
  const state = isTerminalState(before.state) ? before.state : (latestState ?? status.state);
  record.task = {
    ...before,
    state,
    // One status for each time that the state changed, without what only the framework has a use for.
    statuses: [...statusesBefore(before, status), { ...status, data: undefined }],
    ...(uuid !== undefined && { statusUpdateState: status.state, statusUpdateUuid: uuid }),
  };
  if (isTerminalState(state) && !isTerminalState(before.state)) count(turn, `master/${stateMetric(state)}`);
  if (isTerminalState(state)) releaseTask(turn, record);
}

function statusesBefore(task: Task, status: TaskStatus): readonly TaskStatus[] {
  const statuses = task.statuses ?? [];
  return statuses.at(-1)?.state === status.state ? statuses.slice(0, -1) : statuses;
}

export function releaseTask(turn: Turn, record: TaskRecord): void {
  if (record.released) return;
  record.released = true;
  const agent = turn.books.agents.get(record.agentId);
  const framework = turn.books.frameworks.get(record.frameworkId);
  if (agent !== undefined) release(turn, agent, framework, record.task.resources ?? []);
}

/** Forgets a task, or keeps it among the last ones of its framework. */
export function removeTask(turn: Turn, record: TaskRecord): void {
  releaseTask(turn, record);
  const { books } = turn;
  const agent = books.agents.get(record.agentId);
  if (agent !== undefined) {
    removeNested(agent.tasks, record.frameworkId, record.id);
    removeNested(agent.killed, record.frameworkId, record.id);
  }
  const framework = books.frameworks.get(record.frameworkId);
  if (framework === undefined || framework.tasks.get(record.id) !== record) return;
  framework.tasks.delete(record.id);
  if (record.unreachableSince !== undefined) {
    remember(framework.unreachableTasks, record.id, record, remembered.unreachableTasksPerFramework);
  } else {
    remember(framework.completedTasks, record.id, record, remembered.completedTasksPerFramework);
  }
}

/** An executor is new when the master has not booked it on the agent. */
export function addExecutor(agent: AgentRecord, framework: FrameworkRecord, executor: ExecutorInfo): void {
  putNested(agent.executors, framework.id, executor.executorId?.value ?? "", executor);
}

export function removeExecutor(
  turn: Turn,
  agent: AgentRecord,
  frameworkId: string,
  executorId: string,
): ExecutorInfo | undefined {
  const executor = removeNested(agent.executors, frameworkId, executorId);
  const resources: readonly Resource[] = executor?.resources ?? [];
  release(turn, agent, turn.books.frameworks.get(frameworkId), resources);
  return executor;
}

function stateMetric(state: TaskState | undefined): string {
  return (state ?? "").toLowerCase().replace(/^task_/, "tasks_");
}
