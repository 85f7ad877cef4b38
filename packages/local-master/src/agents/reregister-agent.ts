import { formatPid, type Pid } from "@berth/libprocess";
import type { ReregisterSlaveMessage } from "@berth/proto/internal/messages";
import { note, type Turn } from "../books/turn.ts";
import { shutdown } from "./agent-message.ts";
import { comeBackKnown } from "./come-back-known.ts";
import { comeBackUnknown } from "./come-back-unknown.ts";
import { readInventory, readRegistration } from "./registration.ts";

/** An agent with an id: one of ours that was away, or one that an earlier master knew. */
export function reregisterAgent(turn: Turn, from: Pid, message: ReregisterSlaveMessage): void {
  const id = message.slave?.id?.value ?? "";
  const registration = readRegistration(from, message);
  const inventory = readInventory(message);
  const fault =
    id === "" ? "it gives no id" : registration.ok ? (inventory.ok ? undefined : inventory.fault) : registration.fault;
  if (fault !== undefined || !registration.ok || !inventory.ok) {
    return note(turn, "warn", "an agent cannot re-register", { agentId: id, agent: formatPid(from), why: fault });
  }
  const refuse = (reason: string) => {
    note(turn, "warn", "an agent is told to shut down", { agentId: id, agent: formatPid(from), why: reason });
    turn.effects.push({ type: "send", fromId: turn.books.pid.id, to: from, message: shutdown(reason) });
  };
  if (turn.books.goneAgents.has(id)) return refuse("Agent has been marked gone");
  const known = turn.books.agents.get(id);
  if (known === undefined) return comeBackUnknown(turn, id, registration.value, inventory.value);
  if (known.pid.host !== from.host || known.info.hostname !== registration.value.info.hostname) {
    return refuse(`Agent ${id} is registered from another host; remove its stored state to register anew`);
  }
  return comeBackKnown(turn, known, registration.value, inventory.value);
}
