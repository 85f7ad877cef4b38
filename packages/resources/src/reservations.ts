import type { Resource, Resource_ReservationInfo } from "@berth/proto/v1";

/** The stack of reservations, the innermost last, whichever format the resource is in. Empty when it is unreserved. */
export function reservationsOf(resource: Resource): readonly Resource_ReservationInfo[] {
  if (resource.reservations !== undefined && resource.reservations.length > 0) return resource.reservations;
  const { role, reservation } = resource;
  if (role === undefined || role === "*") return [];
  if (reservation === undefined) return [{ type: "STATIC", role }];
  return [{ ...dynamicPart(reservation), type: "DYNAMIC", role }];
}

/** For whom it is reserved; `*` when it is not. */
export function reservationRoleOf(resource: Resource): string {
  return reservationsOf(resource).at(-1)?.role ?? "*";
}

/** `role` and `reservation` unset, a stack in `reservations`. Takes any format. */
export function toPostReservationRefinement(resources: readonly Resource[]): Resource[] {
  return resources.map((resource) => withReservations(resource, reservationsOf(resource)));
}

/** `role` always set, `reservations` empty. Takes any format; undefined when one is reserved twice over, which this format cannot say. */
export function toPreReservationRefinement(resources: readonly Resource[]): Resource[] | undefined {
  const converted: Resource[] = [];
  for (const resource of resources) {
    const stack = reservationsOf(resource);
    if (stack.length > 1) return undefined;
    const { reservations: _, ...rest } = resource;
    converted.push({ ...rest, ...preFields(stack[0]) });
  }
  return converted;
}

/** Both at once, as `/state` shows them. Takes any format. One that is reserved twice over has only the stack. */
export function toEndpointFormat(resources: readonly Resource[]): Resource[] {
  return resources.map((resource) => {
    const stack = reservationsOf(resource);
    const post = withReservations(resource, stack);
    return stack.length > 1 ? post : { ...post, ...preFields(stack[0]) };
  });
}

/** The resource in post-reservation-refinement format with this stack. */
export function withReservations(resource: Resource, stack: readonly Resource_ReservationInfo[]): Resource {
  const { role: _role, reservation: _reservation, reservations: _reservations, ...rest } = resource;
  return stack.length === 0 ? rest : { ...rest, reservations: [...stack] };
}

function preFields(single: Resource_ReservationInfo | undefined): Pick<Resource, "role" | "reservation"> {
  if (single === undefined) return { role: "*" };
  if (single.type !== "DYNAMIC") return { role: single.role };
  return { role: single.role, reservation: dynamicPart(single) };
}

function dynamicPart({ principal, labels }: Resource_ReservationInfo): Resource_ReservationInfo {
  return { ...(principal !== undefined && { principal }), ...(labels !== undefined && { labels }) };
}
