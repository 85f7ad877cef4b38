import { isTerminalState } from "@berth/proto";
import { formatPid } from "@berth/libprocess";
import type { FrameworkInfo, Task } from "@berth/proto/v1";
import { charge } from "../books/accounts.ts";
import { createFramework } from "../books/frameworks.ts";
import { masterStatus } from "../books/master-status.ts";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { addExecutor, addTask } from "../books/tasks.ts";
import { note, sendToAgent, tellFramework, type Turn } from "../books/turn.ts";
import { lastSeen } from "../scheduler/reconcile.ts";
import { shutdownFramework, slaveReregistered } from "./agent-message.ts";
import { addAgent, totalPingTimeoutMs } from "./register-agent.ts";
import type { Inventory, Registration } from "./registration.ts";
import { markUnreachable } from "./remove-agent.ts";
import { updateFrameworks } from "./update-frameworks.ts";

/** The master does not have it: all that runs there is taken over as the agent says. */
export function comeBackUnknown(turn: Turn, id: string, registration: Registration, inventory: Inventory): void {
  const { books, now } = turn;
  const takenAddress = books.agents.get(books.agentsByPid.get(formatPid(registration.pid)) ?? "");
  // Whoever was there is not there any more; it may come back elsewhere.
  if (takenAddress !== undefined) markUnreachable(turn, takenAddress, "another agent uses its address");
  const wasUnreachable = books.unreachableAgents.delete(id);
  const agent = addAgent(turn, id, registration);
  agent.reregisteredAt = now;
  note(turn, "info", "an agent is back", { agentId: id, tasks: inventory.tasks.length, wasUnreachable });
  const completed: string[] = [];
  for (const [frameworkId, info] of inventory.frameworks) {
    if (books.completedFrameworks.has(frameworkId)) completed.push(frameworkId);
    else if (!books.frameworks.has(frameworkId)) recoverFramework(turn, info);
  }
  if (wasUnreachable) forgetUnreachable(turn, id);
  takeOver(turn, agent, inventory, wasUnreachable);
  sendToAgent(turn, agent, slaveReregistered(id, totalPingTimeoutMs(turn), []));
  for (const frameworkId of completed) sendToAgent(turn, agent, shutdownFramework(frameworkId));
  updateFrameworks(turn, agent, inventory);
}

/** A framework that has subscribed to an earlier master. It has as long as its agents had to come back, at least. */
function recoverFramework(turn: Turn, info: FrameworkInfo): void {
  const { books, now } = turn;
  const framework = createFramework(info.id?.value ?? "", info, "recovered", now);
  const failoverMs = (info.failoverTimeout ?? 0) * 1000;
  framework.failoverDeadline = now + Math.max(failoverMs, books.settings.agentReregisterTimeoutMs);
  books.frameworks.set(framework.id, framework);
}

/** What it does not list is not unreachable any more but gone: a launch that never arrived. Who asks is told so. */
function forgetUnreachable(turn: Turn, agentId: string): void {
  for (const { unreachableTasks } of turn.books.frameworks.values()) {
    for (const [taskId, record] of unreachableTasks) if (record.agentId === agentId) unreachableTasks.delete(taskId);
  }
}

function takeOver(turn: Turn, agent: AgentRecord, inventory: Inventory, wasUnreachable: boolean): void {
  const { books } = turn;
  for (const executor of inventory.executors) {
    const framework = books.frameworks.get(executor.frameworkId?.value ?? "");
    if (framework === undefined) continue;
    addExecutor(agent, framework, executor);
    charge(agent, framework, executor.resources ?? []);
  }
  for (const task of inventory.tasks) {
    const framework = books.frameworks.get(task.frameworkId?.value ?? "");
    if (framework === undefined) continue;
    const known = framework.tasks.get(task.taskId?.value ?? "");
    if (known !== undefined) {
      note(turn, "warn", "two agents list a task of one id", { taskId: known.id, agents: [known.agentId, agent.id] });
      continue;
    }
    takeOverTask(turn, agent, framework, task, wasUnreachable);
  }
}

function takeOverTask(
  turn: Turn,
  agent: AgentRecord,
  framework: FrameworkRecord,
  task: Task,
  wasUnreachable: boolean,
): void {
  const statuses = (task.statuses ?? []).map((status) => ({ ...status, data: undefined }));
  const record = addTask(agent, framework, { ...task, statuses });
  framework.unreachableTasks.delete(record.id);
  if (isTerminalState(task.state)) {
    record.released = true;
    return;
  }
  charge(agent, framework, task.resources ?? []);
  if (!wasUnreachable) return;
  const seen = { taskId: record.id, agentId: agent.id, state: task.state ?? "TASK_STAGING" } as const;
  const message = "The task's unreachable agent has re-registered";
  const status = masterStatus({ ...seen, reason: "REASON_AGENT_REREGISTERED", message }, turn.now);
  const update = { status: { ...status, ...lastSeen(statuses.at(-1)) } };
  tellFramework(turn, framework, { type: "UPDATE", update });
}
