import { createSandbox, resolveUser, type UserIdentity } from "@berth/containerizer";
import type { AgentStore } from "../checkpoint/agent-store.ts";
import type { FrameworkRecord } from "../framework-record.ts";
import type { TaskRun } from "./task-run.ts";

export interface PreparedTask {
  readonly directory: string;
  readonly owner: UserIdentity | undefined;
}

/** All that has to be there before a container is asked for. Rejects with what goes into the task's last status. */
export async function prepareTask(
  run: TaskRun,
  store: AgentStore,
  options: { readonly workDirectory: string; readonly switchUser: boolean },
): Promise<PreparedTask> {
  const { workDirectory, switchUser } = options;
  const { agentId, containerId } = run.place;
  const user = switchUser ? (run.info.command?.user ?? run.framework.info.user) : undefined;
  const owner = user === undefined || user === "" ? undefined : await resolveUser(user, { containerId });
  const ids = { agentId, frameworkId: run.frameworkId, executorId: run.taskId, containerId };
  const [directory] = await Promise.all([createSandbox({ workDirectory, ...ids, owner }), checkpoint(run, store)]);
  return { directory, owner };
}

async function checkpoint(run: TaskRun, store: AgentStore): Promise<void> {
  if (run.place.checkpointDirectory === undefined) return;
  try {
    await Promise.all([saveFramework(run.framework, run.place.agentId, store), store.saveTask(run.key, run.task())]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot store the task, as its framework asks with "checkpoint": ${why}`, { cause });
  }
  run.stored = true;
}

/** Once a framework; again when it failed. */
export async function saveFramework(framework: FrameworkRecord, agentId: string, store: AgentStore): Promise<void> {
  framework.saved ??= store.saveFramework(agentId, framework.info, framework.pid);
  try {
    await framework.saved;
  } catch (error) {
    framework.saved = undefined;
    throw error;
  }
}
