import { addResources, subtractResources, withoutAllocation } from "@berth/resources";
import type { Resource } from "@berth/proto/v1";
import type { AgentRecord, FrameworkRecord } from "./records.ts";
import type { Turn } from "./turn.ts";

/** `resources` carry `allocation_info`. A framework may be gone already. */
export function charge(
  agent: AgentRecord,
  framework: FrameworkRecord | undefined,
  resources: readonly Resource[],
): void {
  if (resources.length === 0) return;
  agent.allocated = addResources(agent.allocated, resources);
  if (framework !== undefined) framework.allocated = addResources(framework.allocated, resources);
}

/** Gives back what {@link charge} took; the agent will be offered from anew. */
export function release(
  turn: Turn,
  agent: AgentRecord,
  framework: FrameworkRecord | undefined,
  resources: readonly Resource[],
): void {
  if (resources.length === 0) return;
  agent.allocated = subtractResources(agent.allocated, resources);
  if (framework !== undefined) framework.allocated = subtractResources(framework.allocated, resources);
  turn.books.changedAgents.add(agent.id);
}

/** What nobody holds, without `allocation_info`. */
export function freeResources(agent: AgentRecord): readonly Resource[] {
  return subtractResources(agent.total, withoutAllocation(agent.allocated));
}

/** What an agent's or a framework's offers hold. */
export function offeredResources(record: Pick<AgentRecord | FrameworkRecord, "offers">): readonly Resource[] {
  let sum: readonly Resource[] = [];
  for (const offer of record.offers.values()) sum = addResources(sum, offer.resources);
  return sum;
}

/** What tasks and executors hold. */
export function usedResources(
  record: Pick<AgentRecord | FrameworkRecord, "offers" | "allocated">,
): readonly Resource[] {
  return subtractResources(record.allocated, offeredResources(record));
}
