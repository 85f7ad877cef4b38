import { convertMessage } from "@berth/proto";
import type { Pid } from "@berth/libprocess";
import { AgentInfo, ExecutorInfo, FrameworkInfo, Resource, Task } from "@berth/proto/v1";
import {
  ExecutorInfo as InternalExecutorInfo,
  FrameworkInfo as InternalFrameworkInfo,
  Resource as InternalResource,
  SlaveInfo,
  Task as InternalTask,
} from "@berth/proto/internal";
import type { RegisterSlaveMessage, ReregisterSlaveMessage } from "@berth/proto/internal/messages";
import { applyCheckpointedResources, toPostReservationRefinement, validateResources } from "@berth/resources";
import type { AgentRecord, Observer } from "../books/records.ts";

/** What an agent says of itself when it registers, read and checked. */
export interface Registration {
  readonly pid: Pid;
  readonly info: AgentInfo;
  readonly checkpoint: boolean | undefined;
  readonly version: string;
  readonly capabilities: ReadonlySet<string>;
  readonly resourceVersionUuid: Uint8Array | undefined;
  readonly total: readonly Resource[];
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

export function readRegistration(
  from: Pid,
  message: RegisterSlaveMessage | ReregisterSlaveMessage,
): Read<Registration> {
  const info = convertMessage(SlaveInfo, AgentInfo, message.slave ?? {});
  const checkpointed = (message.checkpointedResources ?? []).map((each) =>
    convertMessage(InternalResource, Resource, each),
  );
  const versionFault = faultOfVersion(message.version);
  if (versionFault !== undefined) return { ok: false, fault: versionFault };
  const invalid = validateResources([...(info.resources ?? [])]) ?? validateResources(checkpointed);
  if (invalid !== undefined) return { ok: false, fault: `its resources are invalid: ${invalid}` };
  const total = applyCheckpointedResources(toPostReservationRefinement(info.resources ?? []), checkpointed);
  if (!total.ok) return { ok: false, fault: `its checkpointed resources do not fit: ${total.reason}` };
  const value = {
    pid: from,
    info,
    checkpoint: message.slave?.checkpoint,
    version: message.version ?? "",
    capabilities: new Set((message.agentCapabilities ?? []).map((capability) => capability.type ?? "UNKNOWN")),
    resourceVersionUuid: message.resourceVersionUuid?.value,
    total: total.resources,
  };
  return { ok: true, value };
}

/** What runs on an agent that re-registers, in the format of the books. */
export interface Inventory {
  readonly frameworks: ReadonlyMap<string, FrameworkInfo>;
  readonly tasks: readonly Task[];
  readonly executors: readonly ExecutorInfo[];
}

export function readInventory(message: ReregisterSlaveMessage): Read<Inventory> {
  const frameworks = new Map<string, FrameworkInfo>();
  for (const each of message.frameworks ?? []) {
    const info = convertMessage(InternalFrameworkInfo, FrameworkInfo, each);
    const id = info.id?.value ?? "";
    if (id === "" || frameworks.has(id))
      return { ok: false, fault: `framework '${id}' is listed twice or without an id` };
    frameworks.set(id, info);
  }
  const executors = (message.executorInfos ?? []).map((each) => {
    const executor = convertMessage(InternalExecutorInfo, ExecutorInfo, each);
    return { ...executor, resources: booked(executor.resources, frameworks.get(executor.frameworkId?.value ?? "")) };
  });
  const tasks = (message.tasks ?? []).map((each) => {
    const task = convertMessage(InternalTask, Task, each);
    return { ...task, resources: booked(task.resources, frameworks.get(task.frameworkId?.value ?? "")) };
  });
  const fault =
    inventoryFault(message.slave?.id?.value ?? "", frameworks, tasks, executors) ??
    validateResources([...tasks, ...executors].flatMap((each) => each.resources));
  return fault === undefined ? { ok: true, value: { frameworks, tasks, executors } } : { ok: false, fault };
}

/** Agents from before there were many roles send no `allocation_info`: it is the framework's only role. */
function booked(resources: readonly Resource[] | undefined, framework: FrameworkInfo | undefined): Resource[] {
  return toPostReservationRefinement([...(resources ?? [])]).map((resource) =>
    resource.allocationInfo === undefined
      ? { ...resource, allocationInfo: { role: framework?.role ?? framework?.roles?.[0] ?? "*" } }
      : resource,
  );
}

function inventoryFault(
  agentId: string,
  frameworks: ReadonlyMap<string, FrameworkInfo>,
  tasks: readonly Task[],
  executors: readonly ExecutorInfo[],
): string | undefined {
  const running = new Set<string>();
  for (const executor of executors) {
    const frameworkId = executor.frameworkId?.value ?? "";
    const key = `${frameworkId}\n${executor.executorId?.value}`;
    if (!frameworks.has(frameworkId))
      return `executor '${executor.executorId?.value}' is of a framework that is not listed`;
    if (running.has(key)) return `executor '${executor.executorId?.value}' is listed twice`;
    running.add(key);
  }
  const seen = new Set<string>();
  for (const task of tasks) {
    const frameworkId = task.frameworkId?.value ?? "";
    const key = `${frameworkId}\n${task.taskId?.value}`;
    if (!frameworks.has(frameworkId)) return `task '${task.taskId?.value}' is of a framework that is not listed`;
    if (task.agentId?.value !== agentId) return `task '${task.taskId?.value}' is of another agent`;
    if (seen.has(key)) return `task '${task.taskId?.value}' is listed twice`;
    seen.add(key);
    if (
      task.state === "TASK_RUNNING" &&
      task.executorId !== undefined &&
      !running.has(`${frameworkId}\n${task.executorId.value}`)
    ) {
      return `task '${task.taskId?.value}' runs in an executor that is not listed`;
    }
  }
  return undefined;
}

/** Semantic versions from 1.0.0 on. */
function faultOfVersion(version: string | undefined): string | undefined {
  const [, major] = /^(\d+)\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.exec(version ?? "") ?? [];
  if (major === undefined) return `its version '${version ?? ""}' is none`;
  return Number(major) < 1 ? `its version '${version}' is below 1.0.0` : undefined;
}

export function createAgent(id: string, registration: Registration, observer: Observer, now: number): AgentRecord {
  return {
    id,
    pid: registration.pid,
    info: { ...registration.info, id: { value: id } },
    checkpoint: registration.checkpoint,
    version: registration.version,
    capabilities: registration.capabilities,
    resourceVersionUuid: registration.resourceVersionUuid,
    connected: true,
    deactivated: false,
    drain: undefined,
    total: registration.total,
    oversubscribed: [],
    allocated: [],
    registeredAt: now,
    reregisteredAt: undefined,
    reregisterDeadline: undefined,
    observer,
    tasks: new Map(),
    executors: new Map(),
    killed: new Map(),
    offers: new Map(),
  };
}
