import type { DrainConfig } from "@berth/proto/v1";
import { remembered } from "../books/books.ts";
import { remember } from "../books/bounded.ts";
import { withdrawOffer } from "../books/offers.ts";
import type { AgentRecord } from "../books/records.ts";
import { note, sendToAgent, type Turn } from "../books/turn.ts";
import { drainSlave, shutdown } from "./agent-message.ts";
import { removeAgent } from "./remove-agent.ts";

/** No offers are made of the agent any more; what runs goes on. */
export function deactivateAgent(turn: Turn, agent: AgentRecord): void {
  agent.deactivated = true;
  for (const offer of agent.offers.values()) withdrawOffer(turn, offer, { rescind: true });
}

/** Asked for by an operator: the agent kills its tasks; it is drained when the frameworks have acknowledged that they ended. */
export function drainAgent(turn: Turn, agent: AgentRecord, config: DrainConfig): void {
  note(turn, "info", "an agent is drained", { agentId: agent.id, markGone: config.markGone ?? false });
  deactivateAgent(turn, agent);
  agent.drain = { state: "DRAINING", config };
  if (agent.connected) sendToAgent(turn, agent, drainSlave(config));
}

/** The agent itself is told nothing: it has ended its draining when it was empty. */
export function reactivateAgent(turn: Turn, agent: AgentRecord): void {
  agent.deactivated = false;
  agent.drain = undefined;
  turn.books.changedAgents.add(agent.id);
}

/** Looks which agents have become empty. */
export function settleDrains(turn: Turn): void {
  for (const agent of turn.books.agents.values()) {
    if (agent.drain?.state !== "DRAINING" || agent.tasks.size > 0 || !agent.connected) continue;
    agent.drain = { ...agent.drain, state: "DRAINED" };
    note(turn, "info", "an agent is empty", { agentId: agent.id });
    if (agent.drain.config?.markGone !== true) continue;
    sendToAgent(turn, agent, shutdown("Agent has been marked gone"));
    remember(turn.books.goneAgents, agent.id, turn.now, remembered.unreachableAgents);
    removeAgent(turn, agent, "the agent was marked gone");
  }
}
