import type { OfferID, Resource } from "@berth/proto/v1";
import { addResources } from "@berth/resources";
import { takeOffer, withdrawOffer } from "../books/offers.ts";
import type { AgentRecord, FrameworkRecord, OfferRecord } from "../books/records.ts";
import type { Turn } from "../books/turn.ts";

export type TakenOffers =
  | { readonly ok: true; readonly agent: AgentRecord; readonly role: string; readonly resources: readonly Resource[] }
  | { readonly ok: false; readonly fault: string };

/** All of them, or none: then those that are there are given up, since the framework has no use for them any more. */
export function takeOffers(turn: Turn, framework: FrameworkRecord, ids: readonly OfferID[]): TakenOffers {
  const offers = new Map<string, OfferRecord>();
  let fault = ids.length === 0 ? "No offers specified" : undefined;
  for (const { value: id = "" } of ids) {
    const offer = framework.offers.get(id);
    if (offer === undefined) fault ??= `Offer ${id} is no longer valid`;
    else if (offers.has(id)) fault ??= `Offer ${id} is given twice`;
    else offers.set(id, offer);
  }
  const [first, ...others] = offers.values();
  const agent = first && turn.books.agents.get(first.agentId);
  for (const other of others) {
    if (other.agentId !== first?.agentId) fault ??= "The offers are of different agents";
    if (other.role !== first?.role) fault ??= "The offers are for different roles";
  }
  if (fault !== undefined || first === undefined || agent === undefined) {
    for (const offer of offers.values()) withdrawOffer(turn, offer, { rescind: false });
    return { ok: false, fault: fault ?? "No offers specified" };
  }
  let resources: readonly Resource[] = [];
  for (const offer of offers.values()) {
    takeOffer(turn, offer);
    resources = addResources(resources, offer.resources);
  }
  return { ok: true, agent, role: first.role, resources };
}
