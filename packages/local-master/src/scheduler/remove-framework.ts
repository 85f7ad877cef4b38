import { isTerminalState } from "@berth/proto";
import { shutdownFramework } from "../agents/agent-message.ts";
import { remembered } from "../books/books.ts";
import { remember } from "../books/bounded.ts";
import { masterStatus } from "../books/master-status.ts";
import { withdrawOffer } from "../books/offers.ts";
import type { FrameworkRecord } from "../books/records.ts";
import { removeExecutor, removeTask, updateTask } from "../books/tasks.ts";
import { note, sendToAgent, type Turn } from "../books/turn.ts";

/** The connection of a framework has ended; it has its failover time-out to come back. */
export function disconnectFramework(turn: Turn, streamId: string): void {
  const { books, now } = turn;
  const framework = books.frameworksByStream.get(streamId);
  if (framework === undefined) return;
  books.frameworksByStream.delete(streamId);
  framework.streamId = undefined;
  framework.state = "disconnected";
  framework.nextHeartbeatAt = Number.POSITIVE_INFINITY;
  for (const offer of framework.offers.values()) withdrawOffer(turn, offer, { rescind: false });
  const timeoutMs = (framework.info.failoverTimeout ?? 0) * 1000;
  note(turn, "info", "a framework has disconnected", { frameworkId: framework.id, failoverTimeoutMs: timeoutMs });
  if (timeoutMs === 0) removeFramework(turn, framework, "the framework disconnected");
  else framework.failoverDeadline = now + timeoutMs;
}

/** TEARDOWN, or a framework that did not come back: its executors end everywhere, and its id is never used again. */
export function removeFramework(turn: Turn, framework: FrameworkRecord, why: string): void {
  const { books, now } = turn;
  note(turn, "info", "a framework is removed", { frameworkId: framework.id, why, tasks: framework.tasks.size });
  if (framework.streamId !== undefined) {
    turn.effects.push({ type: "end-stream", streamId: framework.streamId });
    books.frameworksByStream.delete(framework.streamId);
    framework.streamId = undefined;
  }
  framework.state = "disconnected";
  framework.failoverDeadline = undefined;
  framework.unregisteredAt = now;
  // To all of them: an agent may have something of it that the books do not know.
  for (const agent of books.agents.values()) {
    if (agent.connected) sendToAgent(turn, agent, shutdownFramework(framework.id));
  }
  for (const offer of framework.offers.values()) withdrawOffer(turn, offer, { rescind: false });
  for (const record of framework.tasks.values()) {
    if (!isTerminalState(record.task.state)) {
      const message = `Framework removed: ${why}`;
      const status = { taskId: record.id, agentId: record.agentId, state: "TASK_KILLED", message } as const;
      updateTask(
        turn,
        record,
        masterStatus({ ...status, reason: "REASON_FRAMEWORK_REMOVED" }, now),
        undefined,
        undefined,
      );
    }
    removeTask(turn, record);
  }
  for (const agent of books.agents.values()) {
    for (const executorId of agent.executors.get(framework.id)?.keys() ?? []) {
      removeExecutor(turn, agent, framework.id, executorId);
    }
    agent.killed.delete(framework.id);
  }
  books.frameworks.delete(framework.id);
  framework.filters.clear();
  remember(books.completedFrameworks, framework.id, framework, remembered.completedFrameworks);
}
