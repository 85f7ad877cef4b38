import { reservationRoleOf, toPreReservationRefinement, withoutAllocation } from "@berth/resources";
import type { Offer, Resource } from "@berth/proto/v1";
import { formatPid } from "@berth/libprocess";
import { charge, release } from "./accounts.ts";
import type { AgentRecord, FrameworkRecord, OfferRecord } from "./records.ts";
import { tellFramework, type Turn } from "./turn.ts";

/** Sets resources aside for a framework. The event is for the caller to send, several offers in one. */
export function addOffer(
  turn: Turn,
  agent: AgentRecord,
  framework: FrameworkRecord,
  role: string,
  resources: readonly Resource[],
): OfferRecord {
  const { books } = turn;
  const id = `${books.masterId}-O${books.counters.offers++}`;
  const shown = showOffer(id, agent, framework, role, resources);
  const offer: OfferRecord = { id, agentId: agent.id, frameworkId: framework.id, role, resources, shown };
  books.offers.set(id, offer);
  agent.offers.set(id, offer);
  framework.offers.set(id, offer);
  charge(agent, framework, resources);
  return offer;
}

/** Forgets an offer. Its resources stay charged: they go to tasks, or the caller releases them. */
export function takeOffer(turn: Turn, offer: OfferRecord): void {
  const { books } = turn;
  books.offers.delete(offer.id);
  books.agents.get(offer.agentId)?.offers.delete(offer.id);
  books.frameworks.get(offer.frameworkId)?.offers.delete(offer.id);
}

/** Takes an offer back. `rescind` tells the framework. */
export function withdrawOffer(turn: Turn, offer: OfferRecord, { rescind }: { readonly rescind: boolean }): void {
  const agent = turn.books.agents.get(offer.agentId);
  const framework = turn.books.frameworks.get(offer.frameworkId);
  takeOffer(turn, offer);
  if (agent !== undefined) release(turn, agent, framework, offer.resources);
  if (rescind) tellFramework(turn, framework, { type: "RESCIND", rescind: { offerId: { value: offer.id } } });
}

function showOffer(
  id: string,
  agent: AgentRecord,
  framework: FrameworkRecord,
  role: string,
  resources: readonly Resource[],
): Offer {
  const executors = agent.executors.get(framework.id);
  const multiRole = framework.capabilities.has("MULTI_ROLE");
  return {
    id: { value: id },
    frameworkId: { value: framework.id },
    agentId: { value: agent.id },
    hostname: agent.info.hostname,
    url: {
      scheme: "http",
      address: { hostname: agent.info.hostname, ip: agent.pid.host, port: agent.pid.port },
      path: `/${agent.pid.id}`,
    },
    resources: showResources(framework, multiRole ? resources : withoutAllocation(resources)),
    ...(agent.info.attributes !== undefined && { attributes: agent.info.attributes }),
    ...(executors !== undefined && { executorIds: [...executors.keys()].map((value) => ({ value })) }),
    ...(agent.info.domain !== undefined && { domain: agent.info.domain }),
    // A framework of one role is not told for which it is, as before there were more.
    ...(multiRole && { allocationInfo: { role } }),
  };
}

function showResources(framework: FrameworkRecord, resources: readonly Resource[]): Resource[] {
  if (framework.capabilities.has("RESERVATION_REFINEMENT")) return [...resources];
  return [...(toPreReservationRefinement(resources) ?? [])];
}

/** Whether a resource can be used by a task in `role`: it is unreserved, or reserved for it or for a role above it. */
export function isForRole(resource: Resource, role: string): boolean {
  const reserved = reservationRoleOf(resource);
  return reserved === "*" || reserved === role || role.startsWith(`${reserved}/`);
}

/** `slave(1)@127.0.0.1:5051` */
export function agentPid(agent: AgentRecord): string {
  return formatPid(agent.pid);
}
