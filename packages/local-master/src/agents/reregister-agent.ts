import { formatPid, type Pid } from "@berth/libprocess";
import type { FrameworkInfo, Task } from "@berth/proto/v1";
import type { ReregisterSlaveMessage } from "@berth/proto/internal/messages";
import { addResources } from "@berth/resources";
import { charge } from "../books/accounts.ts";
import { createFramework } from "../books/frameworks.ts";
import { masterStatus } from "../books/master-status.ts";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { isTerminal } from "../books/task-state.ts";
import { addExecutor, addTask, removeExecutor } from "../books/tasks.ts";
import { note, sendToAgent, tellFramework, type Turn } from "../books/turn.ts";
import { lastSeen } from "../scheduler/reconcile.ts";
import {
  checkpointResources,
  drainSlave,
  killTask,
  type Reconciliation,
  shutdown,
  shutdownFramework,
  slaveReregistered,
  updateFramework,
} from "./agent-message.ts";
import { needsCheckpoint } from "./needs-checkpoint.ts";
import { addAgent, totalPingTimeoutMs } from "./register-agent.ts";
import { markUnreachable } from "./remove-agent.ts";
import { type Inventory, readInventory, readRegistration, type Registration } from "./registration.ts";

/** An agent with an id: one of ours that was away, or one that an earlier master knew. */
export function reregisterAgent(turn: Turn, from: Pid, message: ReregisterSlaveMessage): void {
  const id = message.slave?.id?.value ?? "";
  const registration = readRegistration(from, message);
  const inventory = readInventory(message);
  const fault = id === "" ? "it gives no id" : registration.ok ? (inventory.ok ? undefined : inventory.fault) : registration.fault;
  if (fault !== undefined || !registration.ok || !inventory.ok) {
    return note(turn, "warn", "an agent cannot re-register", { agentId: id, agent: formatPid(from), why: fault });
  }
  const known = turn.books.agents.get(id);
  if (known === undefined) return comeBackUnknown(turn, id, registration.value, inventory.value);
  if (known.pid.host !== from.host || known.info.hostname !== registration.value.info.hostname) {
    note(turn, "warn", "an agent with a known id comes from another host", { agentId: id, agent: formatPid(from) });
    const reason = `Agent ${id} is registered from another host; remove its stored state to register anew`;
    turn.effects.push({ type: "send", fromId: turn.books.pid.id, to: from, message: shutdown(reason) });
    return undefined;
  }
  return comeBackKnown(turn, known, registration.value, inventory.value);
}

/** The master does not have it: all that runs there is taken over as the agent says. */
function comeBackUnknown(turn: Turn, id: string, registration: Registration, inventory: Inventory): void {
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
  if (isTerminal(task.state)) {
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

/** The master still has it: what the agent lacks is asked about; what it has too much of stays as it is. */
function comeBackKnown(turn: Turn, agent: AgentRecord, registration: Registration, inventory: Inventory): void {
  const { books, now } = turn;
  note(turn, "info", "a known agent re-registers", { agentId: agent.id, wasConnected: agent.connected });
  books.agentsByPid.delete(formatPid(agent.pid));
  books.agentsByPid.set(formatPid(registration.pid), agent.id);
  agent.pid = registration.pid;
  agent.info = { ...registration.info, id: { value: agent.id } };
  agent.checkpoint = registration.checkpoint;
  agent.version = registration.version;
  agent.capabilities = registration.capabilities;
  agent.resourceVersionUuid = registration.resourceVersionUuid;
  agent.total = addResources(registration.total, agent.oversubscribed);
  agent.connected = true;
  agent.reregisteredAt = now;
  agent.reregisterDeadline = undefined;
  books.changedAgents.add(agent.id);
  turn.effects.push({ type: "link", agentId: agent.id, pid: agent.pid });

  dropMissingExecutors(turn, agent, inventory);
  const missing = missingTasks(turn, agent, inventory);
  sendToAgent(turn, agent, slaveReregistered(agent.id, totalPingTimeoutMs(turn), missing));
  for (const [frameworkId, tasks] of agent.killed) {
    for (const taskId of tasks.keys()) {
      const policy = agent.tasks.get(frameworkId)?.get(taskId)?.task.killPolicy;
      sendToAgent(turn, agent, killTask(frameworkId, taskId, policy));
    }
  }
  for (const frameworkId of inventory.frameworks.keys()) {
    if (books.completedFrameworks.has(frameworkId)) sendToAgent(turn, agent, shutdownFramework(frameworkId));
  }
  if (agent.drain?.config !== undefined) sendToAgent(turn, agent, drainSlave(agent.drain.config));
  updateFrameworks(turn, agent, inventory);
  if (!agent.capabilities.has("RESOURCE_PROVIDER")) {
    sendToAgent(turn, agent, checkpointResources(agent.total.filter(needsCheckpoint)));
  }
}

function dropMissingExecutors(turn: Turn, agent: AgentRecord, inventory: Inventory): void {
  const listed = new Set(inventory.executors.map((each) => `${each.frameworkId?.value}\n${each.executorId?.value}`));
  for (const [frameworkId, executors] of [...agent.executors]) {
    for (const executorId of [...executors.keys()]) {
      if (!listed.has(`${frameworkId}\n${executorId}`)) removeExecutor(turn, agent, frameworkId, executorId);
    }
  }
}

function missingTasks(turn: Turn, agent: AgentRecord, inventory: Inventory): Reconciliation[] {
  const listed = new Set(inventory.tasks.map((task) => `${task.frameworkId?.value}\n${task.taskId?.value}`));
  const reconciliations: Reconciliation[] = [];
  for (const [frameworkId, tasks] of agent.tasks) {
    const framework = turn.books.frameworks.get(frameworkId);
    const statuses = [...tasks.values()]
      .filter((record) => !listed.has(`${frameworkId}\n${record.id}`))
      .map((record) =>
        masterStatus(
          {
            taskId: record.id,
            agentId: agent.id,
            state: record.task.state ?? "TASK_STAGING",
            reason: "REASON_RECONCILIATION",
            message: "Reconciliation: Task unknown to agent during re-registration",
          },
          turn.now,
        ),
      );
    if (framework !== undefined && statuses.length > 0) reconciliations.push({ framework: framework.info, statuses });
  }
  return reconciliations;
}

/** Tells the agent which of its frameworks are subscribed; it sends again what they have not acknowledged. */
function updateFrameworks(turn: Turn, agent: AgentRecord, inventory: Inventory): void {
  for (const frameworkId of inventory.frameworks.keys()) {
    const framework = turn.books.frameworks.get(frameworkId);
    if (framework?.state === "connected") sendToAgent(turn, agent, updateFramework(framework.info));
  }
}
