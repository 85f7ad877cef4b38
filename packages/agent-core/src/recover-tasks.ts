import { convertMessage, isTerminalState } from "@berth/proto";
import { stat } from "node:fs/promises";
import path from "node:path";
import { sandboxPath } from "@berth/containerizer";
import { TaskStatus as InternalTaskStatus } from "@berth/proto/internal";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import { type Task, type TaskInfo, type TaskState, TaskStatus } from "@berth/proto/v1";
import type { AgentStore, StoredAgent, StoredRun } from "./checkpoint/agent-store.ts";
import { AgentCoreError } from "./errors.ts";
import type { FrameworkRecord } from "./framework-record.ts";
import type { UpdatesDesk } from "./status/updates-desk.ts";
import type { TaskLife } from "./task/task-life.ts";
import { TaskRun } from "./task/task-run.ts";

/** A task of an earlier life that its framework has still to hear of. */
export interface RecoveredTask {
  readonly stored: StoredRun;
  /** Not acknowledged, head first. */
  readonly pending: readonly StatusUpdate[];
  /** The last of them is terminal: it only has to be delivered. */
  readonly ended: boolean;
}

/** Takes the streams of an earlier life up; what is delivered is forgotten. Rejects with AgentCoreError `unreadable-checkpoint`. */
export async function recoverTasks(
  stored: StoredAgent,
  desk: Pick<UpdatesDesk, "recover">,
  store: Pick<AgentStore, "forgetRun">,
): Promise<readonly RecoveredTask[]> {
  const tasks: RecoveredTask[] = [];
  for (const run of stored.frameworks.flatMap(({ runs }) => runs)) {
    const { frameworkId, taskId } = run.key;
    const pending = await desk.recover({ frameworkId, taskId }, run.directory).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AgentCoreError("unreadable-checkpoint", `cannot take up the updates of task ${taskId}: ${why}`, {
        cause,
      });
    });
    // A stream that never had a record looks like a finished one; its task was about to start.
    const finished = pending === undefined && (await hasRecords(run.directory));
    if (finished) await store.forgetRun(run.key);
    else tasks.push({ stored: run, pending: pending ?? [], ended: isTerminalState(pending?.at(-1)?.status?.state) });
  }
  return tasks;
}

export function recoveredRun(framework: FrameworkRecord, task: RecoveredTask, workDirectory: string): TaskRun {
  const { key, task: info, directory } = task.stored;
  const life: TaskLife = { container: "gone", state: lastState(task), delivered: false, silenced: false };
  const place = { agentId: key.agentId, containerId: key.containerId, checkpointDirectory: directory };
  const run = new TaskRun(framework, taskInfoOf(info), place, sandboxPath({ workDirectory, ...key }), life);
  run.stored = true;
  for (const { status } of task.pending) {
    if (status !== undefined) run.record(convertMessage(InternalTaskStatus, TaskStatus, status));
  }
  return run;
}

/** Whether it ended or not, it has when recovery is over: as what is written, or as gone. */
function lastState(task: RecoveredTask): TaskState {
  const last = task.pending.at(-1)?.status?.state;
  return task.ended && last !== undefined ? last : "TASK_GONE";
}

/** What the checkpoint says of it; the command is not in there. */
function taskInfoOf({ user, ...task }: Task): TaskInfo {
  const { name, taskId, agentId, resources, labels, discovery, container, healthCheck, killPolicy, limits } = task;
  return {
    name,
    taskId,
    agentId,
    resources,
    labels,
    discovery,
    container,
    healthCheck,
    killPolicy,
    limits,
    ...(user !== undefined && { command: { user } }),
  };
}

async function hasRecords(directory: string): Promise<boolean> {
  const found = await stat(path.join(directory, "task.updates")).catch(() => undefined);
  return found !== undefined && found.size > 0;
}
