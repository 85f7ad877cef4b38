import type { Call_UpdateFramework } from "@berth/proto/v1/scheduler";
import { updateFramework } from "../agents/agent-message.ts";
import { capabilitiesOf, rolesOf } from "../books/frameworks.ts";
import { withdrawOffer } from "../books/offers.ts";
import type { FrameworkRecord } from "../books/records.ts";
import { sendToAgent, type Turn } from "../books/turn.ts";
import { updatedInfo } from "./subscribe.ts";

/** A subscribed framework changes what it said of itself, checked by `callFault`. */
export function updateFrameworkInfo(turn: Turn, framework: FrameworkRecord, call: Call_UpdateFramework): void {
  const { books } = turn;
  framework.info = updatedInfo(framework, call.frameworkInfo ?? {});
  framework.roles = rolesOf(framework.info);
  framework.capabilities = capabilitiesOf(framework.info);
  framework.suppressedRoles = new Set(call.suppressedRoles);
  for (const offer of framework.offers.values()) {
    if (!framework.roles.has(offer.role)) withdrawOffer(turn, offer, { rescind: true });
  }
  for (const agent of books.agents.values()) {
    books.changedAgents.add(agent.id);
    if (agent.connected) sendToAgent(turn, agent, updateFramework(framework.info));
  }
}
