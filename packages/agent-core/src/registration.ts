import { convertMessage } from "@berth/proto";
import {
  FrameworkInfo as InternalFrameworkInfo,
  Resource as InternalResource,
  type SlaveInfo,
  Task as InternalTask,
} from "@berth/proto/internal";
import type { RegisterSlaveMessage, ReregisterSlaveMessage, StatusUpdate } from "@berth/proto/internal/messages";
import { type Attribute, FrameworkInfo, Resource, Task } from "@berth/proto/v1";
import { toPostReservationRefinement, toPreReservationRefinement } from "@berth/resources";
import { agentCapabilities } from "./capabilities.ts";
import type { FrameworkRecord } from "./framework-record.ts";
import type { TaskRun } from "./task/task-run.ts";

/** What an agent says of itself. */
export interface AgentFacts {
  readonly agentId: string | undefined;
  readonly hostname: string;
  readonly port: number;
  /** Of the flags: what was reserved since is in `checkpointedResources`. */
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly checkpointedResources: readonly Resource[];
  readonly version: string;
}

export function slaveInfo(facts: AgentFacts): SlaveInfo {
  const { agentId, hostname, port, attributes } = facts;
  return {
    hostname,
    port,
    resources: registeredFormat(facts.resources),
    attributes: [...attributes],
    ...(agentId !== undefined && { id: { value: agentId } }),
    checkpoint: true,
  };
}

/** Source: wire facts 2.2. */
export function registerMessage(facts: AgentFacts): RegisterSlaveMessage {
  return {
    slave: slaveInfo({ ...facts, agentId: undefined }),
    version: facts.version,
    checkpointedResources: registeredFormat(facts.checkpointedResources),
    agentCapabilities: agentCapabilities.map((type) => ({ type })),
  };
}

/** Source: wire facts 2.2, and 2.12 for what must never be in it. */
export function reregisterMessage(
  facts: AgentFacts,
  frameworks: readonly FrameworkRecord[],
  lastForwarded: (run: TaskRun) => StatusUpdate | undefined,
): ReregisterSlaveMessage {
  // The master that shut a framework down has freed what it had; another one must not take it up again from us.
  const told = frameworks.filter((framework) => !framework.terminating && framework.tasks.size > 0);
  const { slave, ...rest } = registerMessage(facts);
  return {
    ...rest,
    slave: { ...slave, ...(facts.agentId !== undefined && { id: { value: facts.agentId } }) },
    tasks: told.flatMap(({ tasks }) => [...tasks.values()].map((run) => listedTask(run, lastForwarded(run)))),
    frameworks: told.map(({ info, id }) =>
      convertMessage(FrameworkInfo, InternalFrameworkInfo, { ...info, id: { value: id } }),
    ),
    executorInfos: [],
    completedFrameworks: [],
  };
}

/** State and uuid of the last update come together or not at all: a master that finds one of them ends later. */
function listedTask(run: TaskRun, last: StatusUpdate | undefined): InternalTask {
  const task = run.task();
  const listed = convertMessage(Task, InternalTask, { ...task, resources: pre(task.resources ?? []) });
  const { state } = last?.status ?? {};
  if (state === undefined || last?.uuid === undefined) return listed;
  return { ...listed, statusUpdateState: state, statusUpdateUuid: last.uuid };
}

/** The older of the two formats wherever it can say it, as the original does. */
function registeredFormat(resources: readonly Resource[]): InternalResource[] {
  return pre(resources).map((each) => convertMessage(Resource, InternalResource, each));
}

function pre(resources: readonly Resource[]): Resource[] {
  return toPreReservationRefinement(resources) ?? toPostReservationRefinement(resources);
}
