import { type MessageCodec, toMesosJson } from "@berth/proto";
import {
  ContainerInfo,
  ContainerStatus,
  DiscoveryInfo,
  HealthCheck,
  type Labels,
  Labels as LabelsCodec,
  type Offer,
  Resource,
  type Task,
  type TaskStatus,
} from "@berth/proto/v1";
import { allocationRoleOf, resourcesObject, toEndpointFormat } from "@berth/resources";
import type { ExecutorInfo } from "@berth/proto/v1";

/** A part of an answer: what `writeModel` takes. Members that are undefined are left out. */
export type Model = Readonly<Record<string, unknown>>;

/** A message as the v1 API would show it. */
export function messageModel<T>(codec: MessageCodec<T>, message: T): unknown {
  return JSON.parse(toMesosJson(codec, message));
}

export function resourceModels(resources: readonly Resource[]): unknown[] {
  return toEndpointFormat([...resources]).map((resource) => messageModel(Resource, resource));
}

export function taskModel(task: Task): Model {
  return {
    id: task.taskId?.value,
    name: task.name,
    framework_id: task.frameworkId?.value,
    executor_id: task.executorId?.value ?? "",
    slave_id: task.agentId?.value,
    state: task.state,
    resources: resourcesObject(task.resources ?? []),
    limits: limitsModel(task),
    role: allocationRoleOf(task.resources ?? []),
    statuses: (task.statuses ?? []).map(statusModel),
    user: task.user,
    labels: labelsModel(task.labels),
    discovery: task.discovery && messageModel(DiscoveryInfo, task.discovery),
    container: task.container && messageModel(ContainerInfo, task.container),
    health_check: task.healthCheck && messageModel(HealthCheck, task.healthCheck),
  };
}

export function executorModel(executor: ExecutorInfo, frameworkId: string, agentId: string): Model {
  return {
    executor_id: executor.executorId?.value,
    name: executor.name ?? "",
    framework_id: frameworkId,
    source: executor.source ?? "",
    slave_id: agentId,
    resources: resourcesObject(executor.resources ?? []),
    role: allocationRoleOf(executor.resources ?? []),
    labels: labelsModel(executor.labels),
    type: executor.type,
  };
}

export function offerModel(offer: Offer, role: string, resources: readonly Resource[]): Model {
  return {
    id: offer.id?.value,
    framework_id: offer.frameworkId?.value,
    allocation_info: { role },
    slave_id: offer.agentId?.value,
    resources: resourcesObject(resources),
  };
}

export function labelsModel(labels: Labels | undefined): unknown {
  if (labels === undefined) return undefined;
  return (messageModel(LabelsCodec, labels) as { labels?: unknown[] }).labels ?? [];
}

function statusModel(status: TaskStatus): Model {
  return {
    state: status.state,
    timestamp: status.timestamp,
    labels: labelsModel(status.labels),
    container_status: status.containerStatus && messageModel(ContainerStatus, status.containerStatus),
    healthy: status.healthy,
  };
}

function limitsModel(task: Task): Model | undefined {
  const limits = Object.entries(task.limits ?? {});
  if (limits.length === 0) return undefined;
  return Object.fromEntries(
    limits.map(([name, { value = 0 }]) => [name, Number.isFinite(value) ? value : String(value)]),
  );
}
