import { toMesosJson } from "@berth/proto";
import { Resource } from "@berth/proto/v1";
import { reservationRoleOf, resourcesObject, toEndpointFormat } from "@berth/resources";
import { jsonArray, jsonObject, jsonScalars, type JsonText } from "../json-text.ts";

/** The members of `/state` that tell reserved from unreserved, of all there is and of what is in use. */
export function reservationsJson(total: readonly Resource[], allocated: readonly Resource[]): Record<string, JsonText> {
  const all = byReservation(total);
  const used = byReservation(allocated);
  const summary = (resources: readonly Resource[]) => jsonScalars(resourcesObject(resources));
  const full = (resources: readonly Resource[]) =>
    jsonArray(toEndpointFormat(resources), (each) => toMesosJson(Resource, each));
  return {
    reserved_resources: mapped(all.reserved, summary),
    unreserved_resources: summary(all.unreserved),
    reserved_resources_full: mapped(all.reserved, full),
    unreserved_resources_full: full(all.unreserved),
    reserved_resources_allocated: mapped(used.reserved, summary),
    unreserved_resources_allocated: summary(used.unreserved),
  };
}

interface Divided {
  readonly unreserved: readonly Resource[];
  readonly reserved: Readonly<Record<string, readonly Resource[]>>;
}

function byReservation(resources: readonly Resource[]): Divided {
  const groups = Map.groupBy(resources, reservationRoleOf);
  const unreserved = groups.get("*") ?? [];
  groups.delete("*");
  return { unreserved, reserved: Object.fromEntries(groups) };
}

function mapped(groups: Divided["reserved"], write: (resources: readonly Resource[]) => JsonText): JsonText {
  return jsonObject(Object.fromEntries(Object.entries(groups).map(([role, each]) => [role, write(each)])));
}
