import { convertMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import {
  FrameworkInfo as InternalFrameworkInfo,
  ExecutorInfo as InternalExecutorInfo,
  KillPolicy as InternalKillPolicy,
  Resource as InternalResource,
  TaskGroupInfo as InternalTaskGroupInfo,
  TaskInfo as InternalTaskInfo,
  TaskStatus as InternalTaskStatus,
} from "@berth/proto/internal";
import {
  CheckpointResourcesMessage,
  DrainSlaveMessage,
  FrameworkToExecutorMessage,
  KillTaskMessage,
  PingSlaveMessage,
  RunTaskGroupMessage,
  RunTaskMessage,
  ShutdownExecutorMessage,
  ShutdownFrameworkMessage,
  ShutdownMessage,
  SlaveRegisteredMessage,
  SlaveReregisteredMessage,
  StatusUpdateAcknowledgementMessage,
  UpdateFrameworkMessage,
} from "@berth/proto/internal/messages";
import { formatPid, nullPid } from "@berth/libprocess";
import {
  type DrainConfig,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  Resource,
  TaskGroupInfo,
  TaskInfo,
  TaskStatus,
} from "@berth/proto/v1";

/** As it goes out. */
export interface AgentMessage {
  /** `mesos.internal.PingSlaveMessage` */
  readonly name: string;
  readonly body: Uint8Array;
}

/** HTTP frameworks have no process; this is what stands for it. */
const httpFrameworkPid = formatPid(nullPid);

export function slaveRegistered(agentId: string, totalPingTimeoutMs: number): AgentMessage {
  return message(SlaveRegisteredMessage, {
    slaveId: { value: agentId },
    connection: { totalPingTimeoutSeconds: totalPingTimeoutMs / 1000 },
  });
}

/** What an agent that did not list these tasks is asked about. */
export interface Reconciliation {
  readonly framework: FrameworkInfo;
  readonly statuses: readonly TaskStatus[];
}

export function slaveReregistered(
  agentId: string,
  totalPingTimeoutMs: number,
  reconciliations: readonly Reconciliation[],
): AgentMessage {
  return message(SlaveReregisteredMessage, {
    slaveId: { value: agentId },
    connection: { totalPingTimeoutSeconds: totalPingTimeoutMs / 1000 },
    reconciliations: reconciliations.map(({ framework, statuses }) => ({
      frameworkId: { value: framework.id?.value },
      framework: convertMessage(FrameworkInfo, InternalFrameworkInfo, framework),
      statuses: statuses.map((status) => convertMessage(TaskStatus, InternalTaskStatus, status)),
    })),
  });
}

export function pingSlave(connected: boolean): AgentMessage {
  return message(PingSlaveMessage, { connected });
}

export function shutdown(reason: string): AgentMessage {
  return message(ShutdownMessage, { message: reason });
}

export interface Launch {
  readonly framework: FrameworkInfo;
  /** Of an agent with RESOURCE_PROVIDER. */
  readonly resourceVersionUuid: Uint8Array | undefined;
  readonly launchExecutor: boolean;
}

export function runTask(launch: Launch, task: TaskInfo): AgentMessage {
  return message(RunTaskMessage, {
    framework: convertMessage(FrameworkInfo, InternalFrameworkInfo, launch.framework),
    task: convertMessage(TaskInfo, InternalTaskInfo, task),
    resourceVersionUuids: resourceVersions(launch),
    pid: httpFrameworkPid,
    launchExecutor: launch.launchExecutor,
  });
}

export function runTaskGroup(launch: Launch, executor: ExecutorInfo, tasks: readonly TaskInfo[]): AgentMessage {
  return message(RunTaskGroupMessage, {
    framework: convertMessage(FrameworkInfo, InternalFrameworkInfo, launch.framework),
    executor: convertMessage(ExecutorInfo, InternalExecutorInfo, executor),
    taskGroup: convertMessage(TaskGroupInfo, InternalTaskGroupInfo, { tasks: [...tasks] }),
    resourceVersionUuids: resourceVersions(launch),
    launchExecutor: launch.launchExecutor,
  });
}

export function killTask(frameworkId: string, taskId: string, killPolicy: KillPolicy | undefined): AgentMessage {
  return message(KillTaskMessage, {
    frameworkId: { value: frameworkId },
    taskId: { value: taskId },
    killPolicy: killPolicy && convertMessage(KillPolicy, InternalKillPolicy, killPolicy),
  });
}

export function statusUpdateAcknowledgement(
  agentId: string,
  frameworkId: string,
  taskId: string,
  uuid: Uint8Array,
): AgentMessage {
  return message(StatusUpdateAcknowledgementMessage, {
    slaveId: { value: agentId },
    frameworkId: { value: frameworkId },
    taskId: { value: taskId },
    uuid,
  });
}

export function shutdownExecutor(frameworkId: string, executorId: string): AgentMessage {
  return message(ShutdownExecutorMessage, {
    executorId: { value: executorId },
    frameworkId: { value: frameworkId },
  });
}

export function shutdownFramework(frameworkId: string): AgentMessage {
  return message(ShutdownFrameworkMessage, { frameworkId: { value: frameworkId } });
}

export function updateFramework(framework: FrameworkInfo): AgentMessage {
  return message(UpdateFrameworkMessage, {
    frameworkId: { value: framework.id?.value },
    pid: httpFrameworkPid,
    frameworkInfo: convertMessage(FrameworkInfo, InternalFrameworkInfo, framework),
  });
}

export function frameworkToExecutor(
  agentId: string,
  frameworkId: string,
  executorId: string,
  data: Uint8Array,
): AgentMessage {
  return message(FrameworkToExecutorMessage, {
    slaveId: { value: agentId },
    frameworkId: { value: frameworkId },
    executorId: { value: executorId },
    data,
  });
}

export function checkpointResources(resources: readonly Resource[]): AgentMessage {
  return message(CheckpointResourcesMessage, {
    resources: resources.map((resource) => convertMessage(Resource, InternalResource, resource)),
  });
}

export function drainSlave(config: DrainConfig): AgentMessage {
  return message(DrainSlaveMessage, { config });
}

function resourceVersions(launch: Launch): { uuid: { value: Uint8Array } }[] | undefined {
  return launch.resourceVersionUuid && [{ uuid: { value: launch.resourceVersionUuid } }];
}

function message<T extends object>(codec: MessageCodec<T>, value: T): AgentMessage {
  return { name: codec.$type, body: encodeMessage(codec, value) };
}
