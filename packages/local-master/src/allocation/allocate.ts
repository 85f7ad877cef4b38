import { scalarOf, subtractResources, withAllocation } from "@berth/resources";
import type { Resource } from "@berth/proto/v1";
import { freeResources } from "../books/accounts.ts";
import type { Books } from "../books/books.ts";
import { isForRole } from "../books/offers.ts";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { createShares, type Shares } from "./shares.ts";
import { isFiltered } from "./offer-filters.ts";

export interface Allocation {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly role: string;
  /** With `allocation_info`. */
  readonly resources: readonly Resource[];
}

export interface AllocateOptions {
  /**
   * Offer from an agent also to frameworks that already hold an offer of it. Without it a framework that sits on an offer is not
   * given another for every task that ends; with it, once an interval, it still sees what has become free.
   */
  readonly again: boolean;
}

/**
 * Who is to be offered what is free on these agents. All that a framework may have of an agent goes to the one whose role, and
 * then who itself, holds the smallest share of the whole; what it may not have goes to the next. Changes nothing.
 */
export function allocate(
  books: Pick<Books, "agents" | "frameworks">,
  agentIds: Iterable<string>,
  now: number,
  options: AllocateOptions,
): Allocation[] {
  const shares = createShares(books);
  const allocations: Allocation[] = [];
  for (const agentId of agentIds) {
    const agent = books.agents.get(agentId);
    if (agent === undefined || !agent.connected || agent.deactivated) continue;
    allocations.push(...allocateAgent(books, agent, shares, now, options));
  }
  return allocations;
}

function allocateAgent(
  books: Pick<Books, "frameworks">,
  agent: AgentRecord,
  shares: Shares,
  now: number,
  options: AllocateOptions,
): Allocation[] {
  const allocations: Allocation[] = [];
  let free = freeResources(agent);
  const served = new Set<string>();
  if (!options.again) for (const offer of agent.offers.values()) served.add(offer.frameworkId);
  for (const { framework, role } of shares.inOrder()) {
    if (!isWorthOffering(free)) break;
    if (served.has(framework.id) || !mayBeOffered(agent, framework, role)) continue;
    const resources = free.filter((resource) => mayHave(framework, role, resource));
    if (!isWorthOffering(resources) || isFiltered(framework, agent.id, role, resources, now)) continue;
    const allocated = withAllocation(resources, role);
    served.add(framework.id);
    shares.add(framework, role, allocated);
    free = subtractResources(free, resources);
    allocations.push({ agentId: agent.id, frameworkId: framework.id, role, resources: allocated });
  }
  return allocations;
}

/** Less than 0.01 cpus and less than 32 MB is nothing that a task could use. */
function isWorthOffering(resources: readonly Resource[]): boolean {
  return (scalarOf(resources, "cpus") ?? 0) >= 0.01 || (scalarOf(resources, "mem") ?? 0) >= 32;
}

function mayBeOffered(agent: AgentRecord, framework: FrameworkRecord, role: string): boolean {
  if (framework.state !== "connected" || framework.suppressedRoles.has(role)) return false;
  if (framework.capabilities.has("MULTI_ROLE") && !agent.capabilities.has("MULTI_ROLE")) return false;
  if (role.includes("/") && !agent.capabilities.has("HIERARCHICAL_ROLE")) return false;
  // Machines with GPUs are kept for those who can use them.
  return framework.capabilities.has("GPU_RESOURCES") || (scalarOf(agent.total, "gpus") ?? 0) === 0;
}

function mayHave(framework: FrameworkRecord, role: string, resource: Resource): boolean {
  if (resource.revocable !== undefined && !framework.capabilities.has("REVOCABLE_RESOURCES")) return false;
  if (resource.shared !== undefined && !framework.capabilities.has("SHARED_RESOURCES")) return false;
  // Such a stack of reservations has no old form.
  const refined = (resource.reservations?.length ?? 0) > 1;
  if (refined && !framework.capabilities.has("RESERVATION_REFINEMENT")) return false;
  return isForRole(resource, role);
}
