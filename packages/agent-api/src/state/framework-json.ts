import type { ExecutorView, FrameworkView } from "@berth/agent-core";
import { resourcesObject } from "@berth/resources";
import {
  jsonArray,
  jsonArrayInSlices,
  jsonDouble,
  jsonObject,
  jsonScalars,
  jsonString,
  type JsonText,
} from "../json-text.ts";
import { labelsJson, queuedTaskJson, roleJson, taskJson } from "./task-json.ts";

/** A framework as `/state` shows it, with its executors and their tasks. */
export async function frameworkJson({ info, executors, completedExecutors }: FrameworkView): Promise<JsonText> {
  const multiRole = info.capabilities?.some(({ type }) => type === "MULTI_ROLE") === true;
  return jsonObject({
    id: jsonString(info.id?.value ?? ""),
    name: jsonString(info.name ?? ""),
    user: jsonString(info.user ?? ""),
    failover_timeout: jsonDouble(info.failoverTimeout ?? 0),
    checkpoint: String(info.checkpoint ?? false),
    hostname: jsonString(info.hostname ?? ""),
    principal: info.principal === undefined ? undefined : jsonString(info.principal),
    ...(multiRole ? { roles: jsonArray(info.roles ?? [], jsonString) } : { role: jsonString(info.role ?? "*") }),
    executors: await jsonArrayInSlices(executors, executorJson),
    completed_executors: await jsonArrayInSlices(completedExecutors, executorJson),
  });
}

function executorJson(executor: ExecutorView): JsonText {
  const { info, resources } = executor;
  const type = info.type === undefined || info.type === "UNRECOGNIZED" ? undefined : jsonString(info.type);
  return jsonObject({
    id: jsonString(info.executorId?.value ?? ""),
    name: jsonString(info.name ?? ""),
    source: jsonString(info.source ?? ""),
    container: jsonString(executor.containerId),
    directory: jsonString(executor.directory),
    resources: jsonScalars(resourcesObject(resources)),
    role: roleJson([...(info.resources ?? []), ...resources]),
    labels: labelsJson(info.labels),
    type,
    tasks: jsonArray(executor.launchedTasks, taskJson),
    queued_tasks: jsonArray(executor.queuedTasks, queuedTaskJson),
    completed_tasks: jsonArray([...executor.completedTasks, ...executor.terminatedTasks], taskJson),
  });
}
