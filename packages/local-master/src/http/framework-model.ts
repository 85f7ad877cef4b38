import { resourcesObject } from "@berth/resources";
import { offeredResources, usedResources } from "../books/accounts.ts";
import type { Books } from "../books/books.ts";
import type { FrameworkRecord } from "../books/records.ts";
import { executorModel, labelsModel, type Model, offerModel, taskModel } from "./models.ts";

export function frameworkModel(books: Books, framework: FrameworkRecord): Model {
  const { info } = framework;
  const executors = [...books.agents.values()].flatMap((agent) =>
    [...(agent.executors.get(framework.id)?.values() ?? [])].map((each) => executorModel(each, framework.id, agent.id)),
  );
  const offers = [...framework.offers.values()];
  return {
    id: framework.id,
    name: info.name,
    used_resources: resourcesObject(usedResources(framework)),
    offered_resources: resourcesObject(offeredResources(framework)),
    capabilities: [...framework.capabilities],
    hostname: info.hostname ?? "",
    webui_url: info.webuiUrl ?? "",
    active: framework.state === "connected",
    connected: framework.state === "connected",
    recovered: framework.state === "recovered",
    principal: info.principal,
    user: info.user,
    failover_timeout: info.failoverTimeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: framework.registeredAt / 1000,
    reregistered_time: framework.reregisteredAt === undefined ? undefined : framework.reregisteredAt / 1000,
    unregistered_time: (framework.unregisteredAt ?? 0) / 1000,
    resources: resourcesObject(framework.allocated),
    ...(framework.capabilities.has("MULTI_ROLE") ? { roles: [...framework.roles] } : { role: info.role ?? "*" }),
    labels: labelsModel(info.labels),
    tasks: [...framework.tasks.values()].map(taskModel),
    unreachable_tasks: [...framework.unreachableTasks.values()].map(taskModel),
    completed_tasks: [...framework.completedTasks.values()].map(taskModel),
    offers: offers.map((offer) => offerModel(offer.shown, offer.role, offer.resources)),
    executors,
    offer_constraints: {},
  };
}
