import { addOffer } from "../books/offers.ts";
import type { FrameworkRecord, OfferRecord } from "../books/records.ts";
import { tellFramework, type Turn } from "../books/turn.ts";
import { allocate, type AllocateOptions } from "./allocate.ts";

/** Makes the offers that {@link allocate} decides on, and tells each framework about all of its own in one event. */
export function offerFrom(turn: Turn, agentIds: Iterable<string>, options: AllocateOptions): void {
  const { books } = turn;
  const made = new Map<FrameworkRecord, OfferRecord[]>();
  for (const allocation of allocate(books, agentIds, turn.now, options)) {
    const agent = books.agents.get(allocation.agentId);
    const framework = books.frameworks.get(allocation.frameworkId);
    if (agent === undefined || framework === undefined) continue;
    const offer = addOffer(turn, agent, framework, allocation.role, allocation.resources);
    made.set(framework, [...(made.get(framework) ?? []), offer]);
  }
  for (const [framework, offers] of made) {
    tellFramework(turn, framework, { type: "OFFERS", offers: { offers: offers.map((offer) => offer.shown) } });
  }
}
