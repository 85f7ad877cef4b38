import { applyCheckpointedResources } from "@berth/resources";
import type { AgentContext } from "./agent-context.ts";
import type { AgentCoreDeps } from "./agent-core.ts";
import type { StoredAgent } from "./checkpoint/agent-store.ts";
import { AgentCoreError } from "./errors.ts";
import { recoveredRun, type RecoveredTask, recoverTasks } from "./recover-tasks.ts";

/**
 * Takes up what an earlier life left below `meta`: id, reservations, the drain, updates to be delivered. Tasks that had not ended are told gone
 * when their containers are proven gone. Rejects with AgentCoreError.
 */
export async function restoreAgent(
  context: AgentContext,
  endLeftovers: AgentCoreDeps["endLeftovers"],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { book, chores, desk, drain, store } = context;
  const stored = await store.load();
  restoreResources(context, stored.resources);
  const { agentId } = stored;
  if (agentId === undefined) return;
  const tasks = await recoverTasks(stored, desk, store);
  signal?.throwIfAborted();
  await proveGone(agentId, tasks, endLeftovers, signal);
  context.agentId = agentId;
  drain.restore(stored.drain, context.now());
  for (const task of tasks) await restoreTask(context, stored, task);
  for (const { info } of stored.frameworks) {
    const frameworkId = info.id?.value ?? "";
    if (book.framework(frameworkId) === undefined) chores.add(store.forgetFramework(agentId, frameworkId));
  }
  await drain.endWhen(book.isEmpty, agentId);
}

function restoreResources(context: AgentContext, checkpointed: StoredAgent["resources"]): void {
  const applied = applyCheckpointedResources(context.options.resources, checkpointed);
  if (!applied.ok) {
    throw new AgentCoreError(
      "incompatible-resources",
      `the agent's resources do not hold what was reserved out of them: ${applied.reason}; give it as many as before, or remove its meta folder`,
    );
  }
  context.checkpointed = checkpointed;
  context.total = applied.resources;
}

/** Not only of the tasks in the checkpoint: frameworks that do not checkpoint leave containers as well. */
async function proveGone(
  agentId: string,
  tasks: readonly RecoveredTask[],
  endLeftovers: AgentCoreDeps["endLeftovers"],
  signal: AbortSignal | undefined,
): Promise<void> {
  const leftover = tasks.find(({ ended }) => !ended)?.stored.key.taskId;
  if (endLeftovers === undefined && leftover === undefined) return;
  try {
    if (endLeftovers === undefined) throw new Error("there is nobody to end it");
    await endLeftovers(agentId, { signal });
  } catch (cause) {
    const what = leftover === undefined ? "containers of an earlier life" : `the container of task ${leftover}`;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentCoreError("leftovers-unproven", `${what} may still run: ${why}`, { cause });
  }
}

async function restoreTask(context: AgentContext, stored: StoredAgent, task: RecoveredTask): Promise<void> {
  const { frameworkId } = task.stored.key;
  const framework = stored.frameworks.find(({ info }) => info.id?.value === frameworkId);
  const record = context.book.open(frameworkId, framework?.info ?? {}, framework?.pid);
  record.saved = Promise.resolve();
  const run = recoveredRun(record, task, context.options.workDirectory);
  context.book.add(run);
  context.roots.attach(run);
  if (task.ended) return;
  await context.driver.tellRecovered(run, {
    state: "TASK_GONE",
    reason: "REASON_AGENT_RESTARTED",
    message: "The agent was restarted; the task's container was ended",
  });
}
