import type { Offer, Resource } from "@berth/proto/v1";
import {
  containsResources,
  formatResources,
  subtractResources,
  toPostReservationRefinement,
  withoutAllocation,
} from "@berth/resources";

/** Whether an offer holds all that a task needs, `needed` in the format that frameworks of today use. */
export function fits(offer: Offer, needed: readonly Resource[]): boolean {
  return containsResources(offered(offer), needed);
}

/** In words, what an offer lacks. */
export function shortfall(offer: Offer, needed: readonly Resource[]): string {
  return formatResources(subtractResources(needed, offered(offer)));
}

function offered(offer: Offer): readonly Resource[] {
  return toPostReservationRefinement(withoutAllocation(offer.resources ?? []));
}
