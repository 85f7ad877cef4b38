import { isTerminalState } from "@berth/proto";
import type { Call } from "@berth/proto/v1/scheduler";
import { Call_Type } from "@berth/proto/v1/scheduler";
import {
  frameworkToExecutor,
  killTask,
  shutdownExecutor,
  statusUpdateAcknowledgement,
} from "../agents/agent-message.ts";
import { addFilter, refuseMs } from "../allocation/offer-filters.ts";
import { putNested } from "../books/nested-map.ts";
import { withdrawOffer } from "../books/offers.ts";
import type { FrameworkRecord } from "../books/records.ts";
import { removeTask } from "../books/tasks.ts";
import { count, note, sendToAgent, type Turn } from "../books/turn.ts";
import { accept } from "./accept.ts";
import { reconcile, reconcileTask } from "./reconcile.ts";
import { removeFramework } from "./remove-framework.ts";
import { updateFrameworkInfo } from "./update-framework.ts";

/** A call of a subscribed framework, checked by `callFault`. What a call cannot do is noted; the framework hears of it by events or not at all. */
export function schedulerCall(turn: Turn, framework: FrameworkRecord, call: Call): void {
  switch (call.type) {
    case Call_Type.ACCEPT:
      return accept(turn, framework, call.accept ?? {});
    case Call_Type.DECLINE:
      return decline(turn, framework, call);
    case Call_Type.REVIVE:
      return revive(turn, framework, call.revive?.roles ?? []);
    case Call_Type.SUPPRESS:
      return suppress(framework, call.suppress?.roles ?? []);
    case Call_Type.KILL:
      return kill(turn, framework, call);
    case Call_Type.SHUTDOWN:
      return shutdown(turn, framework, call);
    case Call_Type.ACKNOWLEDGE:
      return acknowledge(turn, framework, call);
    case Call_Type.RECONCILE:
      return reconcile(turn, framework, call.reconcile ?? {});
    case Call_Type.MESSAGE:
      return message(turn, framework, call);
    case Call_Type.TEARDOWN:
      return removeFramework(turn, framework, "the framework asked for it");
    case Call_Type.UPDATE_FRAMEWORK:
      return updateFrameworkInfo(turn, framework, call.updateFramework ?? {});
    default:
      return note(turn, "info", "a call without effect", { frameworkId: framework.id, call: call.type });
  }
}

function decline(turn: Turn, framework: FrameworkRecord, call: Call): void {
  const refuse = refuseMs(call.decline?.filters);
  for (const { value: id = "" } of call.decline?.offerIds ?? []) {
    const offer = framework.offers.get(id);
    if (offer === undefined) continue;
    withdrawOffer(turn, offer, { rescind: false });
    const { agentId, role, resources } = offer;
    if (refuse > 0) addFilter(framework, agentId, role, resources, turn.now + refuse, turn.now);
  }
}

/** Without roles: for all of its own. What was declined for them is offered again. */
function revive(turn: Turn, framework: FrameworkRecord, given: readonly string[]): void {
  const roles = given.length === 0 ? framework.roles : new Set(given.filter((role) => framework.roles.has(role)));
  for (const role of roles) framework.suppressedRoles.delete(role);
  for (const [agentId, filters] of framework.filters) {
    const kept = filters.filter((filter) => !roles.has(filter.role));
    if (kept.length === 0) framework.filters.delete(agentId);
    else framework.filters.set(agentId, kept);
  }
  for (const agentId of turn.books.agents.keys()) turn.books.changedAgents.add(agentId);
}

function suppress(framework: FrameworkRecord, given: readonly string[]): void {
  const roles = given.length === 0 ? framework.roles : given.filter((role) => framework.roles.has(role));
  for (const role of roles) framework.suppressedRoles.add(role);
}

function kill(turn: Turn, framework: FrameworkRecord, call: Call): void {
  const taskId = call.kill?.taskId?.value ?? "";
  const record = framework.tasks.get(taskId);
  if (record === undefined) return reconcileTask(turn, framework, taskId, call.kill?.agentId?.value);
  const agentId = call.kill?.agentId?.value;
  const agent = turn.books.agents.get(record.agentId);
  if (agent === undefined || (agentId !== undefined && agentId !== agent.id)) {
    return note(turn, "warn", "a kill names another agent than the task's", { taskId, agentId });
  }
  // The connection may be gone without our knowing: the kill is repeated when the agent re-registers.
  if (!isTerminalState(record.task.state)) putNested(agent.killed, framework.id, taskId, true);
  if (agent.connected) sendToAgent(turn, agent, killTask(framework.id, taskId, call.kill?.killPolicy));
}

function shutdown(turn: Turn, framework: FrameworkRecord, call: Call): void {
  const agent = turn.books.agents.get(call.shutdown?.agentId?.value ?? "");
  const executorId = call.shutdown?.executorId?.value ?? "";
  if (agent?.connected !== true || agent.executors.get(framework.id)?.has(executorId) !== true) {
    return note(turn, "warn", "no such executor to shut down", { frameworkId: framework.id, executorId });
  }
  sendToAgent(turn, agent, shutdownExecutor(framework.id, executorId));
}

function acknowledge(turn: Turn, framework: FrameworkRecord, call: Call): void {
  const { agentId, taskId, uuid = new Uint8Array() } = call.acknowledge ?? {};
  const agent = turn.books.agents.get(agentId?.value ?? "");
  const id = taskId?.value ?? "";
  if (agent?.connected !== true) {
    // The agent's update comes again, and so will the acknowledgement.
    count(turn, "master/invalid_status_update_acknowledgements");
    return note(turn, "warn", "an acknowledgement for an agent that is not there", {
      taskId: id,
      agentId: agentId?.value,
    });
  }
  const record = agent.tasks.get(framework.id)?.get(id);
  const { statusUpdateState, statusUpdateUuid } = record?.task ?? {};
  if (record !== undefined && isTerminalState(statusUpdateState) && sameBytes(statusUpdateUuid, uuid))
    removeTask(turn, record);
  count(turn, "master/valid_status_update_acknowledgements");
  sendToAgent(turn, agent, statusUpdateAcknowledgement(agent.id, framework.id, id, uuid));
}

function message(turn: Turn, framework: FrameworkRecord, call: Call): void {
  const { agentId, executorId, data = new Uint8Array() } = call.message ?? {};
  const agent = turn.books.agents.get(agentId?.value ?? "");
  if (agent?.connected !== true) {
    count(turn, "master/invalid_framework_to_executor_messages");
    return note(turn, "warn", "a message for an agent that is not there", { agentId: agentId?.value });
  }
  count(turn, "master/valid_framework_to_executor_messages");
  sendToAgent(turn, agent, frameworkToExecutor(agent.id, framework.id, executorId?.value ?? "", data));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(b);
}
