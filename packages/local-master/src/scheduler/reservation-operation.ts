import type { Offer_Operation, Resource } from "@berth/proto/v1";
import { applyOperation, subtractResources, withoutAllocation } from "@berth/resources";
import { checkpointResources } from "../agents/agent-message.ts";
import { needsCheckpoint } from "../agents/needs-checkpoint.ts";
import { charge } from "../books/accounts.ts";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { sendToAgent, type Turn } from "../books/turn.ts";
import { normalizeResources, resourcesForAgent } from "./normalize.ts";

export type Applied =
  | { readonly ok: true; readonly left: readonly Resource[] }
  | { readonly ok: false; readonly fault: string };

/**
 * RESERVE, UNRESERVE, CREATE and DESTROY on what is left of the offers, for agents without RESOURCE_PROVIDER: such an agent is sent
 * all that it has to remember, and gives no answer.
 */
export function applyReservation(
  turn: Turn,
  framework: FrameworkRecord,
  agent: AgentRecord,
  role: string,
  left: readonly Resource[],
  given: Offer_Operation,
): Applied {
  if (agent.capabilities.has("RESOURCE_PROVIDER")) {
    return { ok: false, fault: "the local master serves operations only on agents without RESOURCE_PROVIDER" };
  }
  if (given.id !== undefined)
    return { ok: false, fault: "the agent gives no feedback on operations; leave the id out" };
  const read = normalizeOperation(given, role);
  if (!read.ok) return read;
  const misplaced = (read.value.reserve?.resources ?? []).find((each) => each.reservations?.at(-1)?.role !== role);
  if (misplaced !== undefined)
    return { ok: false, fault: `a reservation made with an offer for '${role}' is for '${role}'` };
  const remaining = applyOperation(left, read.value);
  if (!remaining.ok) return { ok: false, fault: remaining.reason };
  const total = applyOperation(agent.total, withoutAllocations(read.value));
  if (!total.ok) return { ok: false, fault: total.reason };
  agent.total = total.resources;
  agent.allocated = subtractResources(agent.allocated, left);
  framework.allocated = subtractResources(framework.allocated, left);
  charge(agent, framework, remaining.resources);
  const noted = resourcesForAgent(agent, agent.total.filter(needsCheckpoint));
  sendToAgent(turn, agent, checkpointResources(noted));
  return { ok: true, left: remaining.resources };
}

function normalizeOperation(
  operation: Offer_Operation,
  role: string,
): { readonly ok: true; readonly value: Offer_Operation } | { readonly ok: false; readonly fault: string } {
  let fault: string | undefined;
  const value = mapResources(operation, (resources) => {
    const normal = normalizeResources(resources, role);
    if (normal.ok) return normal.value;
    fault ??= normal.fault;
    return [];
  });
  return fault === undefined ? { ok: true, value } : { ok: false, fault };
}

function withoutAllocations(operation: Offer_Operation): Offer_Operation {
  return mapResources(operation, (resources) => [...withoutAllocation(resources)]);
}

function mapResources(
  operation: Offer_Operation,
  map: (resources: readonly Resource[]) => Resource[],
): Offer_Operation {
  const { reserve, unreserve, create, destroy } = operation;
  return {
    ...operation,
    ...(reserve !== undefined && {
      reserve: { source: map(reserve.source ?? []), resources: map(reserve.resources ?? []) },
    }),
    ...(unreserve !== undefined && { unreserve: { resources: map(unreserve.resources ?? []) } }),
    ...(create !== undefined && { create: { volumes: map(create.volumes ?? []) } }),
    ...(destroy !== undefined && { destroy: { volumes: map(destroy.volumes ?? []) } }),
  };
}
