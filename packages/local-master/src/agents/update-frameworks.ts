import type { AgentRecord } from "../books/records.ts";
import { sendToAgent, type Turn } from "../books/turn.ts";
import { updateFramework } from "./agent-message.ts";
import type { Inventory } from "./registration.ts";

/** Tells the agent which of its frameworks are subscribed; it sends again what they have not acknowledged. */
export function updateFrameworks(turn: Turn, agent: AgentRecord, inventory: Inventory): void {
  for (const frameworkId of inventory.frameworks.keys()) {
    const framework = turn.books.frameworks.get(frameworkId);
    if (framework?.state === "connected") sendToAgent(turn, agent, updateFramework(framework.info));
  }
}
