import { formatPid, type Pid } from "@berth/libprocess";
import type { RegisterSlaveMessage } from "@berth/proto/internal/messages";
import type { AgentRecord } from "../books/records.ts";
import { note, sendToAgent, type Turn } from "../books/turn.ts";
import { slaveRegistered } from "./agent-message.ts";
import { createAgent, readRegistration, type Registration } from "./registration.ts";
import { removeAgent } from "./remove-agent.ts";

/** An agent without an id. One that we know at this address has not heard our answer. Refusals are silent, as the original's. */
export function registerAgent(turn: Turn, from: Pid, message: RegisterSlaveMessage): void {
  const { books } = turn;
  const read = readRegistration(from, message);
  if (!read.ok) return note(turn, "warn", "an agent cannot register", { agent: formatPid(from), why: read.fault });
  const known = books.agents.get(books.agentsByPid.get(formatPid(from)) ?? "");
  if (known?.connected === true) {
    return sendToAgent(turn, known, slaveRegistered(known.id, totalPingTimeoutMs(turn)));
  }
  if (known !== undefined) removeAgent(turn, known, "a new agent registered at its address");
  const agent = addAgent(turn, `${books.masterId}-S${books.counters.agents++}`, read.value);
  note(turn, "info", "an agent has registered", { agentId: agent.id, agent: formatPid(from) });
  sendToAgent(turn, agent, slaveRegistered(agent.id, totalPingTimeoutMs(turn)));
}

/** Books an agent, connects to it and begins to ping it: the first ping leaves when the turn ends, after what the caller sends. */
export function addAgent(turn: Turn, id: string, registration: Registration): AgentRecord {
  const { books, now } = turn;
  const observerId = `slave-observer(${++books.counters.observers})`;
  const observer = { id: observerId, pid: registration.pid, nextPingAt: now, unanswered: 0 };
  const agent = createAgent(id, registration, observer, now);
  books.agents.set(id, agent);
  books.agentsByPid.set(formatPid(agent.pid), id);
  books.changedAgents.add(id);
  turn.effects.push({ type: "link", agentId: id, pid: agent.pid });
  turn.effects.push({ type: "observe", observerId, agentId: id });
  return agent;
}

export function totalPingTimeoutMs({ books: { settings } }: Turn): number {
  return settings.agentPingTimeoutMs * settings.maxAgentPingTimeouts;
}
