import type { Task } from "@berth/proto/v1";
import { resourcesObject } from "@berth/resources";
import { offeredResources, usedResources } from "../books/accounts.ts";
import type { Books } from "../books/books.ts";
import type { FrameworkRecord, TaskRecord } from "../books/records.ts";
import { executorModel, labelsModel, type Model, offerModel, taskModel } from "./models.ts";
import { LongList } from "./write-model.ts";

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
    tasks: taskList(framework.tasks),
    unreachable_tasks: taskList(framework.unreachableTasks),
    completed_tasks: taskList(framework.completedTasks),
    offers: offers.map((offer) => offerModel(offer.shown, offer.role, offer.resources)),
    executors,
    offer_constraints: {},
  };
}

/** The tasks as they are now: a record gets another task with each update. */
function taskList(records: ReadonlyMap<string, TaskRecord>): LongList<Task> {
  return new LongList(
    [...records.values()].map(({ task }) => task),
    taskModel,
  );
}
