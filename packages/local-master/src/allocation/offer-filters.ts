import { containsResources, withoutAllocation } from "@berth/resources";
import { Filters, type Resource } from "@berth/proto/v1";
import { withDefaults } from "@berth/proto";
import type { FrameworkRecord, OfferFilter } from "../books/records.ts";

const maxRefuseMs = 365 * 24 * 60 * 60 * 1000;

/** How long a framework does not want to see what it declined, in milliseconds; 0 for not at all. */
export function refuseMs(filters: Filters | undefined): number {
  const ms = withDefaults(Filters, filters).refuseSeconds * 1000;
  // What makes no sense is read as if it had not been said.
  if (!(ms >= 0)) return withDefaults(Filters, undefined).refuseSeconds * 1000;
  return Math.min(ms, maxRefuseMs);
}

export function addFilter(
  framework: FrameworkRecord,
  agentId: string,
  role: string,
  resources: readonly Resource[],
  until: number,
  now: number,
): void {
  const added: OfferFilter = { role, resources: withoutAllocation(resources), expiresAt: until };
  // Those that the new one makes superfluous go, so that declining for ever fills no memory.
  const kept = (framework.filters.get(agentId) ?? []).filter(
    (filter) =>
      filter.expiresAt > now &&
      !(filter.role === role && filter.expiresAt <= until && containsResources(added.resources, filter.resources)),
  );
  framework.filters.set(agentId, [...kept, added]);
}

/** Whether all that would be offered was declined, with as much or more, not long ago. */
export function isFiltered(
  framework: FrameworkRecord,
  agentId: string,
  role: string,
  resources: readonly Resource[],
  now: number,
): boolean {
  const filters = framework.filters.get(agentId);
  if (filters === undefined) return false;
  return filters.some(
    (filter) => filter.role === role && filter.expiresAt > now && containsResources(filter.resources, resources),
  );
}
