import { isTerminalState } from "@berth/proto";
import { formatPid } from "@berth/libprocess";
import { remembered } from "../books/books.ts";
import { remember } from "../books/bounded.ts";
import { masterStatus, orLost } from "../books/master-status.ts";
import { withdrawOffer } from "../books/offers.ts";
import type { AgentRecord, TaskRecord } from "../books/records.ts";
import { removeExecutor, removeTask, updateTask } from "../books/tasks.ts";
import { count, note, tellFramework, type Turn } from "../books/turn.ts";

/** The connection to an agent has ended. That says nothing about its tasks, but those of frameworks that do not checkpoint end with it. */
export function disconnectAgent(turn: Turn, agent: AgentRecord): void {
  if (!agent.connected) return;
  note(turn, "warn", "the connection to an agent has ended", { agentId: agent.id });
  agent.connected = false;
  agent.reregisterDeadline = turn.now + turn.books.settings.agentReregisterTimeoutMs;
  turn.effects.push({ type: "unlink", agentId: agent.id });
  for (const [frameworkId, tasks] of agent.tasks) {
    const framework = turn.books.frameworks.get(frameworkId);
    if (framework?.info.checkpoint === true) continue;
    const message = `Agent ${agent.info.hostname} disconnected`;
    const lost = { state: "TASK_LOST", reason: "REASON_AGENT_DISCONNECTED", message } as const;
    for (const record of tasks.values()) endTask(turn, record, lost);
    for (const executorId of agent.executors.get(frameworkId)?.keys() ?? []) {
      removeExecutor(turn, agent, frameworkId, executorId);
    }
  }
  for (const offer of agent.offers.values()) withdrawOffer(turn, offer, { rescind: true });
}

/** The agent said that it goes, or another has taken its address. */
export function removeAgent(turn: Turn, agent: AgentRecord, why: string): void {
  note(turn, "info", "an agent is removed", { agentId: agent.id, why });
  const message = `Agent ${agent.info.hostname} removed: ${why}`;
  for (const record of recordsOf(agent)) {
    const framework = turn.books.frameworks.get(record.frameworkId);
    const state = framework === undefined ? "TASK_LOST" : orLost(framework, "TASK_GONE");
    endTask(turn, record, { state, reason: "REASON_AGENT_REMOVED", message });
  }
  forget(turn, agent);
  count(turn, "master/slave_removals");
}

/** Nothing is heard of an agent any more: its tasks may run, and are back when it is. */
export function markUnreachable(turn: Turn, agent: AgentRecord, why: string): void {
  const { books, now } = turn;
  note(turn, "warn", "an agent is unreachable", { agentId: agent.id, why });
  for (const record of recordsOf(agent)) {
    const framework = books.frameworks.get(record.frameworkId);
    const terminal = isTerminalState(record.task.state);
    if (framework !== undefined && !terminal) {
      const state = orLost(framework, "TASK_UNREACHABLE");
      const reason = "REASON_AGENT_REMOVED";
      const gone = {
        taskId: record.id,
        agentId: agent.id,
        state,
        reason,
        message: why,
        unreachableSince: now,
      } as const;
      const status = masterStatus(gone, now);
      record.unreachableSince = now;
      // Whatever the framework is told, the task is not over.
      const { task } = record;
      record.task = { ...task, state: "TASK_UNREACHABLE", statuses: [...(task.statuses ?? []), status] };
      tellFramework(turn, framework, { type: "UPDATE", update: { status } });
    }
    removeTask(turn, record);
  }
  forget(turn, agent);
  remember(books.unreachableAgents, agent.id, now, remembered.unreachableAgents);
}

function endTask(
  turn: Turn,
  record: TaskRecord,
  end: Pick<Parameters<typeof masterStatus>[0], "state" | "reason" | "message">,
): void {
  if (!isTerminalState(record.task.state)) {
    const status = masterStatus({ ...end, taskId: record.id, agentId: record.agentId }, turn.now);
    updateTask(turn, record, status, undefined, undefined);
    const framework = turn.books.frameworks.get(record.frameworkId);
    tellFramework(turn, framework, { type: "UPDATE", update: { status } });
  }
  removeTask(turn, record);
}

function forget(turn: Turn, agent: AgentRecord): void {
  const { books } = turn;
  for (const [frameworkId, executors] of agent.executors) {
    for (const executorId of executors.keys()) removeExecutor(turn, agent, frameworkId, executorId);
  }
  for (const offer of agent.offers.values()) withdrawOffer(turn, offer, { rescind: true });
  books.agents.delete(agent.id);
  if (books.agentsByPid.get(formatPid(agent.pid)) === agent.id) books.agentsByPid.delete(formatPid(agent.pid));
  turn.effects.push({ type: "unlink", agentId: agent.id });
  turn.effects.push({ type: "renew", pid: agent.pid });
  turn.effects.push({ type: "stop-observing", observerId: agent.observer.id });
  for (const framework of books.frameworks.values()) {
    framework.filters.delete(agent.id);
    tellFramework(turn, framework, { type: "FAILURE", failure: { agentId: { value: agent.id } } });
  }
}

function recordsOf(agent: AgentRecord): readonly TaskRecord[] {
  return [...agent.tasks.values()].flatMap((tasks) => [...tasks.values()]);
}
