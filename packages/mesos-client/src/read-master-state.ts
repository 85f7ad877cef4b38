import type { MasterAgent, MasterFramework, MasterState, MasterTask, MasterTaskStatus } from "./master-state.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Undefined when it is not the state of a master. What is missing within it is empty. */
export function readMasterState(json: unknown): MasterState | undefined {
  const state = fields(json);
  const pid = text(state, "pid");
  if (!pid.startsWith("master@")) return undefined;
  return {
    id: text(state, "id"),
    pid,
    version: text(state, "version"),
    hostname: text(state, "hostname"),
    agents: list(state, "slaves").map(readAgent),
    frameworks: list(state, "frameworks").map(readFramework),
    completedFrameworks: list(state, "completed_frameworks").map(readFramework),
  };
}

function readAgent(agent: Fields): MasterAgent {
  const pid = text(agent, "pid");
  return {
    id: text(agent, "id"),
    hostname: text(agent, "hostname"),
    pid,
    url: `http://${pid.slice(pid.indexOf("@") + 1)}`,
    active: agent["active"] !== false,
    resources: resources(agent, "resources"),
    usedResources: resources(agent, "used_resources"),
  };
}

function readFramework(framework: Fields): MasterFramework {
  return {
    id: text(framework, "id"),
    name: text(framework, "name"),
    user: text(framework, "user"),
    principal: text(framework, "principal") || undefined,
    connected: framework["connected"] === true,
    active: framework["active"] === true,
    failoverTimeoutSeconds: number(framework, "failover_timeout"),
    checkpoint: framework["checkpoint"] === true,
    roles: strings(framework["roles"] ?? [framework["role"]]),
    labels: Object.fromEntries(list(framework, "labels").map((label) => [text(label, "key"), text(label, "value")])),
    capabilities: strings(framework["capabilities"]),
    tasks: list(framework, "tasks").map(readTask),
    completedTasks: list(framework, "completed_tasks").map(readTask),
  };
}

function readTask(task: Fields): MasterTask {
  return {
    id: text(task, "id"),
    name: text(task, "name"),
    frameworkId: text(task, "framework_id"),
    executorId: text(task, "executor_id"),
    agentId: text(task, "slave_id"),
    state: text(task, "state"),
    resources: resources(task, "resources"),
    statuses: list(task, "statuses").map(readStatus),
  };
}

function readStatus(status: Fields): MasterTaskStatus {
  const containerId = text(fields(fields(status["container_status"])["container_id"]), "value");
  return {
    state: text(status, "state"),
    timestamp: number(status, "timestamp"),
    containerId: containerId === "" ? undefined : containerId,
  };
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function list(owner: Fields, name: string): readonly Fields[] {
  const value = owner[name];
  return Array.isArray(value) ? value.map(fields) : [];
}

function text(owner: Fields, name: string): string {
  const value = owner[name];
  return typeof value === "string" ? value : "";
}

function number(owner: Fields, name: string): number {
  const value = owner[name];
  return typeof value === "number" ? value : 0;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function resources(owner: Fields, name: string): Readonly<Record<string, number | string>> {
  return Object.fromEntries(
    Object.entries(fields(owner[name])).flatMap(([key, value]) =>
      typeof value === "number" || typeof value === "string" ? [[key, value] as const] : [],
    ),
  );
}
