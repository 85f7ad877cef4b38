import type { TaskStatus } from "@berth/proto/v1";
import type { Call_Reconcile } from "@berth/proto/v1/scheduler";
import { masterStatus, type MasterStatus, orLost } from "../books/master-status.ts";
import type { FrameworkRecord, TaskRecord } from "../books/records.ts";
import { tellFramework, type Turn } from "../books/turn.ts";

/** Without tasks in the call: all that the framework has. */
export function reconcile(turn: Turn, framework: FrameworkRecord, call: Call_Reconcile): void {
  const asked = call.tasks ?? [];
  if (asked.length === 0) {
    for (const record of framework.tasks.values()) tell(turn, framework, latestStatus(record, turn.now));
    return;
  }
  for (const task of asked) reconcileTask(turn, framework, task.taskId?.value ?? "", task.agentId?.value);
}

/** Answers with what is known about a task; says nothing while an agent may still come back with it. */
export function reconcileTask(
  turn: Turn,
  framework: FrameworkRecord,
  taskId: string,
  agentId: string | undefined,
): void {
  const record = framework.tasks.get(taskId);
  if (record !== undefined) return tell(turn, framework, latestStatus(record, turn.now));
  const unknown = unknownTask(turn, framework, taskId, agentId);
  if (unknown !== undefined) tell(turn, framework, masterStatus(unknown, turn.now));
}

function unknownTask(
  turn: Turn,
  framework: FrameworkRecord,
  taskId: string,
  agentId: string | undefined,
): MasterStatus | undefined {
  const { books, now } = turn;
  const reason = "REASON_RECONCILIATION";
  const unreachable = framework.unreachableTasks.get(taskId);
  const agentGone = agentId === undefined ? undefined : books.unreachableAgents.get(agentId);
  const unreachableSince = unreachable?.unreachableSince ?? agentGone;
  if (unreachableSince !== undefined) {
    const state = orLost(framework, "TASK_UNREACHABLE");
    const message = "Reconciliation: Task is unreachable";
    return { taskId, agentId: agentId ?? unreachable?.agentId, state, reason, message, unreachableSince };
  }
  if (agentId !== undefined && books.agents.has(agentId)) {
    const state = orLost(framework, "TASK_GONE");
    return { taskId, agentId, state, reason, message: "Reconciliation: Task is unknown to the agent" };
  }
  // This master wrote nothing down: in its first minutes there may be agents that an earlier one knew.
  const ofEarlierMaster = agentId === undefined || !agentId.startsWith(`${books.masterId}-`);
  if (ofEarlierMaster && now - books.startedAt < books.settings.agentReregisterTimeoutMs) return undefined;
  const state = orLost(framework, "TASK_UNKNOWN");
  return { taskId, agentId, state, reason, message: "Reconciliation: Task is unknown" };
}

/** The last update that went to the framework, or the state if there was none. */
export function latestStatus(record: TaskRecord, now: number): TaskStatus {
  const { task } = record;
  const last = task.statuses?.at(-1);
  return {
    ...masterStatus(
      {
        taskId: record.id,
        agentId: record.agentId,
        state: task.statusUpdateState ?? task.state ?? "TASK_STAGING",
        reason: "REASON_RECONCILIATION",
        message: "Reconciliation: Latest task state",
        executorId: task.executorId?.value,
      },
      now,
    ),
    ...lastSeen(last),
  };
}

/** What does not change by the master's repeating it. */
export function lastSeen(last: TaskStatus | undefined): TaskStatus {
  return {
    ...(last?.healthy !== undefined && { healthy: last.healthy }),
    ...(last?.labels !== undefined && { labels: last.labels }),
    ...(last?.containerStatus !== undefined && { containerStatus: last.containerStatus }),
    ...(last?.checkStatus !== undefined && { checkStatus: last.checkStatus }),
  };
}

function tell(turn: Turn, framework: FrameworkRecord, status: TaskStatus): void {
  tellFramework(turn, framework, { type: "UPDATE", update: { status } });
}
