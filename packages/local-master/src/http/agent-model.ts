import { DomainInfo, DrainInfo, type Resource } from "@berth/proto/v1";
import { attributesObject, reservationRoleOf, resourcesObject } from "@berth/resources";
import { offeredResources, usedResources } from "../books/accounts.ts";
import { agentPid } from "../books/offers.ts";
import type { AgentRecord } from "../books/records.ts";
import { messageModel, type Model, resourceModels } from "./models.ts";

/** An agent as `/state` has it. */
export function agentModel(agent: AgentRecord): Model {
  const reserved = reservedByRole(agent.total);
  return {
    id: agent.id,
    hostname: agent.info.hostname,
    port: agent.info.port,
    attributes: attributesObject(agent.info.attributes ?? []),
    domain: agent.info.domain && messageModel(DomainInfo, agent.info.domain),
    pid: agentPid(agent),
    registered_time: agent.registeredAt / 1000,
    reregistered_time: agent.reregisteredAt === undefined ? undefined : agent.reregisteredAt / 1000,
    resources: resourcesObject(agent.total),
    used_resources: resourcesObject(usedResources(agent)),
    offered_resources: resourcesObject(offeredResources(agent)),
    reserved_resources: mapValues(reserved, resourcesObject),
    unreserved_resources: resourcesObject(unreserved(agent.total)),
    active: agent.connected,
    deactivated: agent.deactivated,
    version: agent.version,
    capabilities: [...agent.capabilities],
    drain_info: agent.drain && messageModel(DrainInfo, agent.drain),
  };
}

/** An agent as `/slaves` has it. */
export function fullAgentModel(agent: AgentRecord): Model {
  return {
    ...agentModel(agent),
    reserved_resources_full: mapValues(reservedByRole(agent.total), resourceModels),
    unreserved_resources_full: resourceModels(unreserved(agent.total)),
    used_resources_full: resourceModels(usedResources(agent)),
    offered_resources_full: resourceModels(offeredResources(agent)),
  };
}

function unreserved(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter((resource) => reservationRoleOf(resource) === "*");
}

function reservedByRole(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const roles = Map.groupBy(resources, reservationRoleOf);
  roles.delete("*");
  return roles;
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V) => W): Readonly<Record<string, W>> {
  return Object.fromEntries([...map].map(([key, value]) => [key, change(value)]));
}
