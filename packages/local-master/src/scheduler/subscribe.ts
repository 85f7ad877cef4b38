import type { FrameworkInfo } from "@berth/proto/v1";
import type { Call_Subscribe } from "@berth/proto/v1/scheduler";
import { updateFramework } from "../agents/agent-message.ts";
import { capabilitiesOf, createFramework, rolesOf } from "../books/frameworks.ts";
import { masterInfo } from "../books/master-info.ts";
import { withdrawOffer } from "../books/offers.ts";
import type { FrameworkRecord } from "../books/records.ts";
import { note, sendToAgent, type Turn } from "../books/turn.ts";
import { frameworkInfoFault } from "./framework-info-fault.ts";

/** A framework comes, or comes back. The stream is open; a refusal is an ERROR event on it, as with the original. */
export function subscribe(turn: Turn, call: Call_Subscribe, streamId: string): void {
  const { books } = turn;
  const info = call.frameworkInfo ?? {};
  const id = info.id?.value ?? "";
  const fault =
    frameworkInfoFault(call) ?? (books.completedFrameworks.has(id) ? "Framework has been removed" : undefined);
  if (fault !== undefined) {
    note(turn, "warn", "a framework is refused", { frameworkId: id, name: info.name, why: fault });
    turn.effects.push({ type: "event", streamId, event: { type: "ERROR", error: { message: fault } } });
    turn.effects.push({ type: "end-stream", streamId });
    return;
  }
  const known = books.frameworks.get(id);
  const framework = known ?? addFramework(turn, info);
  if (known !== undefined) comeBack(turn, known, info);
  connect(turn, framework, call, streamId);
  if (known !== undefined) {
    for (const agent of books.agents.values()) {
      if (agent.connected) sendToAgent(turn, agent, updateFramework(framework.info));
    }
  }
}

/** With an id: it was subscribed to an earlier master, and no agent has told about it yet. */
function addFramework(turn: Turn, info: FrameworkInfo): FrameworkRecord {
  const { books } = turn;
  const given = info.id?.value ?? "";
  const id = given === "" ? `${books.masterId}-${String(books.counters.frameworks++).padStart(4, "0")}` : given;
  const framework = createFramework(id, { ...info, id: { value: id } }, "connected", turn.now);
  books.frameworks.set(id, framework);
  note(turn, "info", "a framework has subscribed", { frameworkId: id, name: info.name });
  return framework;
}

function comeBack(turn: Turn, framework: FrameworkRecord, info: FrameworkInfo): void {
  note(turn, "info", "a framework is back", { frameworkId: framework.id, name: info.name, was: framework.state });
  if (framework.streamId !== undefined) {
    const { streamId } = framework;
    const message = "Framework failed over";
    turn.effects.push({ type: "event", streamId, event: { type: "ERROR", error: { message } } });
    turn.effects.push({ type: "end-stream", streamId });
    turn.books.frameworksByStream.delete(streamId);
  }
  for (const offer of framework.offers.values()) withdrawOffer(turn, offer, { rescind: false });
  framework.info = updatedInfo(framework, info);
  framework.roles = rolesOf(framework.info);
  framework.capabilities = capabilitiesOf(framework.info);
  framework.filters.clear();
  framework.reregisteredAt = turn.now;
}

/** What its tasks were started with stays: user and checkpoint, as with the original. */
export function updatedInfo(framework: FrameworkRecord, info: FrameworkInfo): FrameworkInfo {
  const { user, checkpoint } = framework.info;
  return { ...info, user, checkpoint, id: { value: framework.id } };
}

function connect(turn: Turn, framework: FrameworkRecord, call: Call_Subscribe, streamId: string): void {
  const { books, now } = turn;
  framework.state = "connected";
  framework.streamId = streamId;
  framework.failoverDeadline = undefined;
  framework.suppressedRoles = new Set(call.suppressedRoles);
  framework.nextHeartbeatAt = now + books.settings.heartbeatIntervalMs;
  books.frameworksByStream.set(streamId, framework);
  const subscribed = {
    frameworkId: { value: framework.id },
    heartbeatIntervalSeconds: books.settings.heartbeatIntervalMs / 1000,
    masterInfo: masterInfo(books),
  };
  turn.effects.push({ type: "event", streamId, event: { type: "SUBSCRIBED", subscribed } });
  turn.effects.push({ type: "event", streamId, event: { type: "HEARTBEAT" } });
  for (const agentId of books.agents.keys()) books.changedAgents.add(agentId);
}
