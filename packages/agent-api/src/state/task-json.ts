import { toMesosJson } from "@berth/proto";
import {
  CommandInfo,
  ContainerInfo,
  ContainerStatus,
  DiscoveryInfo,
  HealthCheck,
  Label,
  type Labels,
  type Task,
  type TaskInfo,
  type TaskStatus,
  type Value_Scalar,
} from "@berth/proto/v1";
import { allocationRoleOf, resourcesObject } from "@berth/resources";
import { jsonArray, jsonDouble, jsonObject, jsonScalars, jsonString, type JsonText } from "../json-text.ts";

/** A launched, terminated or completed task as `/state` shows it. */
export function taskJson(task: Task): JsonText {
  return jsonObject({
    id: jsonString(task.taskId?.value ?? ""),
    name: jsonString(task.name ?? ""),
    framework_id: jsonString(task.frameworkId?.value ?? ""),
    executor_id: jsonString(task.executorId?.value ?? ""),
    slave_id: jsonString(task.agentId?.value ?? ""),
    state: jsonString(task.state ?? ""),
    resources: jsonScalars(resourcesObject(task.resources ?? [])),
    limits: limitsJson(task.limits),
    role: roleJson(task.resources ?? []),
    statuses: jsonArray(task.statuses ?? [], statusJson),
    user: given(task.user, jsonString),
    labels: labelsJson(task.labels),
    discovery: given(task.discovery, (each) => toMesosJson(DiscoveryInfo, each)),
    container: given(task.container, (each) => toMesosJson(ContainerInfo, each)),
    health_check: given(task.healthCheck, (each) => toMesosJson(HealthCheck, each)),
  });
}

/** A task that no executor has yet. */
export function queuedTaskJson(task: TaskInfo): JsonText {
  return jsonObject({
    id: jsonString(task.taskId?.value ?? ""),
    name: jsonString(task.name ?? ""),
    slave_id: jsonString(task.agentId?.value ?? ""),
    resources: jsonScalars(resourcesObject(task.resources ?? [])),
    role: roleJson(task.resources ?? []),
    command: given(task.command, (each) => toMesosJson(CommandInfo, each)),
    executor_id: given(task.executor?.executorId?.value, jsonString),
    discovery: given(task.discovery, (each) => toMesosJson(DiscoveryInfo, each)),
  });
}

export function labelsJson(labels: Labels | undefined): JsonText | undefined {
  return given(labels, (each) => jsonArray(each.labels ?? [], (label) => toMesosJson(Label, label)));
}

/** Of what is allocated; undefined where nothing is. */
export function roleJson(resources: NonNullable<Task["resources"]>): JsonText | undefined {
  return given(allocationRoleOf(resources), jsonString);
}

function statusJson(status: TaskStatus): JsonText {
  return jsonObject({
    state: jsonString(status.state ?? ""),
    timestamp: given(status.timestamp, jsonDouble),
    labels: labelsJson(status.labels),
    container_status: given(status.containerStatus, (each) => toMesosJson(ContainerStatus, each)),
    healthy: given(status.healthy, String),
  });
}

function limitsJson(limits: Readonly<Record<string, Value_Scalar>> | undefined): JsonText | undefined {
  if (limits === undefined || Object.keys(limits).length === 0) return undefined;
  return jsonScalars(
    Object.fromEntries(
      Object.entries(limits).map(([name, { value = 0 }]) => [name, Number.isFinite(value) ? value : String(value)]),
    ),
  );
}

function given<T>(value: T | undefined, write: (value: T) => JsonText): JsonText | undefined {
  return value === undefined ? undefined : write(value);
}
