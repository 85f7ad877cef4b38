import { convertMessage, decodeMessage, formatFault, type MessageCodec } from "@berth/proto";
import * as internal from "@berth/proto/internal";
import {
  CheckpointResourcesMessage,
  DrainSlaveMessage,
  FrameworkToExecutorMessage,
  KillTaskMessage,
  RunTaskGroupMessage,
  RunTaskMessage,
  ShutdownExecutorMessage,
  ShutdownFrameworkMessage,
  StatusUpdateAcknowledgementMessage,
  UpdateFrameworkMessage,
} from "@berth/proto/internal/messages";
import * as v1 from "@berth/proto/v1";
import type { AgentInput, ReadInput } from "./agent-input.ts";

/** A message's body in the agent's own terms. Never throws. */
export function readInput(name: string, body: Uint8Array): ReadInput {
  const own = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  const notServed = Object.hasOwn(otherMessages, own) ? otherMessages[own] : undefined;
  if (notServed !== undefined) return { ok: false, fault: "not-served", why: notServed };
  return readers.get(name)?.(body) ?? { ok: false, fault: "unknown", why: "no message that an agent receives" };
}

const prefix = "mesos.internal.";

/** Known and not served, with what takes their place. */
const otherMessages: Readonly<Record<string, string>> = {
  ApplyOperationMessage:
    "this agent does not claim RESOURCE_PROVIDER; a master sends CheckpointResourcesMessage instead",
  ReconcileOperationsMessage: "this agent does not claim RESOURCE_PROVIDER and has no operations",
  AcknowledgeOperationStatusMessage: "this agent does not claim RESOURCE_PROVIDER and has no operations",
  RegisterExecutorMessage: "this agent runs no executors of frameworks",
  ReregisterExecutorMessage: "this agent runs no executors of frameworks",
  StatusUpdateMessage: "this agent runs no executors of frameworks",
  ExecutorToFrameworkMessage: "this agent runs no executors of frameworks",
};

const readers: ReadonlyMap<string, (body: Uint8Array) => ReadInput> = new Map([
  on(RunTaskMessage, ({ framework, task, pid, launchExecutor }) => {
    const frameworkId = framework?.id?.value;
    const taskId = task?.taskId?.value;
    if (framework === undefined || frameworkId === undefined || task === undefined || taskId === undefined) {
      return undefined;
    }
    return {
      type: "run-task",
      framework: toFramework(framework),
      frameworkId,
      pid: toPid(pid),
      task: toTask(task),
      taskId,
      launchExecutor,
    };
  }),
  on(RunTaskGroupMessage, ({ framework, executor, taskGroup, launchExecutor }) => {
    const frameworkId = framework?.id?.value;
    const executorId = executor?.executorId?.value;
    if (framework === undefined || frameworkId === undefined || executorId === undefined) return undefined;
    const tasks = (taskGroup?.tasks ?? []).map(toTask);
    return {
      type: "run-task-group",
      framework: toFramework(framework),
      frameworkId,
      executorId,
      tasks,
      launchExecutor,
    };
  }),
  on(KillTaskMessage, ({ frameworkId, taskId, killPolicy }) => ({
    type: "kill-task",
    ...idsOf(frameworkId, taskId),
    // Its one field is a duration; the packages agree.
    killPolicy,
  })),
  on(StatusUpdateAcknowledgementMessage, ({ slaveId, frameworkId, taskId, uuid = new Uint8Array() }) => ({
    type: "acknowledgement",
    agentId: slaveId?.value ?? "",
    ...idsOf(frameworkId, taskId),
    uuid,
  })),
  on(ShutdownFrameworkMessage, ({ frameworkId }) => ({
    type: "shutdown-framework",
    frameworkId: frameworkId?.value ?? "",
  })),
  on(ShutdownExecutorMessage, ({ frameworkId, executorId }) => {
    if (frameworkId?.value === undefined || executorId?.value === undefined) return undefined;
    return { type: "shutdown-executor", frameworkId: frameworkId.value, executorId: executorId.value };
  }),
  on(UpdateFrameworkMessage, ({ frameworkId, pid, frameworkInfo }) => ({
    type: "update-framework",
    frameworkId: frameworkId?.value ?? "",
    pid: toPid(pid),
    info: frameworkInfo === undefined ? undefined : toFramework(frameworkInfo),
  })),
  on(FrameworkToExecutorMessage, ({ frameworkId, executorId }) => ({
    type: "framework-message",
    frameworkId: frameworkId?.value ?? "",
    executorId: executorId?.value ?? "",
  })),
  on(CheckpointResourcesMessage, ({ resources = [] }) => ({
    type: "checkpoint-resources",
    resources: resources.map((each) => convertMessage(internal.Resource, v1.Resource, each)),
  })),
  on(DrainSlaveMessage, ({ config }) => ({ type: "drain", config: config ?? {} })),
]);

function on<T extends object>(
  codec: MessageCodec<T>,
  read: (message: T) => AgentInput | undefined,
): readonly [string, (body: Uint8Array) => ReadInput] {
  return [
    codec.$type,
    (body) => {
      const decoded = decodeMessage(codec, body);
      if (!decoded.ok) {
        return { ok: false, fault: "unreadable", why: decoded.faults.slice(0, 5).map(formatFault).join("; ") };
      }
      const input = read(decoded.value);
      return input === undefined ? { ok: false, fault: "unreadable", why: "an id is missing" } : { ok: true, input };
    },
  ];
}

function idsOf(frameworkId: internal.FrameworkID | undefined, taskId: internal.TaskID | undefined) {
  return { frameworkId: frameworkId?.value ?? "", taskId: taskId?.value ?? "" };
}

function toFramework(info: internal.FrameworkInfo): v1.FrameworkInfo {
  return convertMessage(internal.FrameworkInfo, v1.FrameworkInfo, info);
}

function toTask(task: internal.TaskInfo): v1.TaskInfo {
  return convertMessage(internal.TaskInfo, v1.TaskInfo, task);
}

/** HTTP schedulers have the PID `@0.0.0.0:0`. */
function toPid(pid: string | undefined): string | undefined {
  return pid === undefined || pid === "" || pid.startsWith("@") ? undefined : pid;
}
