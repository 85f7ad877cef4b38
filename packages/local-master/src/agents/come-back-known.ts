import { formatPid } from "@berth/libprocess";
import { addResources } from "@berth/resources";
import { masterStatus } from "../books/master-status.ts";
import type { AgentRecord } from "../books/records.ts";
import { removeExecutor } from "../books/tasks.ts";
import { note, sendToAgent, type Turn } from "../books/turn.ts";
import { resourcesForAgent } from "../scheduler/normalize.ts";
import {
  checkpointResources,
  drainSlave,
  killTask,
  type Reconciliation,
  shutdownFramework,
  slaveReregistered,
} from "./agent-message.ts";
import { needsCheckpoint } from "./needs-checkpoint.ts";
import { totalPingTimeoutMs } from "./register-agent.ts";
import type { Inventory, Registration } from "./registration.ts";
import { updateFrameworks } from "./update-frameworks.ts";

/** The master still has it: what the agent lacks is asked about; what it has too much of stays as it is. */
export function comeBackKnown(turn: Turn, agent: AgentRecord, registration: Registration, inventory: Inventory): void {
  const { books, now } = turn;
  note(turn, "info", "a known agent re-registers", { agentId: agent.id, wasConnected: agent.connected });
  books.agentsByPid.delete(formatPid(agent.pid));
  books.agentsByPid.set(formatPid(registration.pid), agent.id);
  agent.pid = registration.pid;
  agent.observer.pid = registration.pid;
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
    sendToAgent(turn, agent, checkpointResources(resourcesForAgent(agent, agent.total.filter(needsCheckpoint))));
  }
}

function dropMissingExecutors(turn: Turn, agent: AgentRecord, inventory: Inventory): void {
  const listed = new Set(inventory.executors.map((each) => `${each.frameworkId?.value}\n${each.executorId?.value}`));
  for (const [frameworkId, executors] of agent.executors) {
    for (const executorId of executors.keys()) {
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
