import type { AgentView } from "@berth/agent-core";
import type { VersionInfo } from "@berth/proto/v1";
import type { Call, Response } from "@berth/proto/v1/agent";
import type { AgentFiles } from "../files/agent-files.ts";
import { type ContainersPort, listContainers } from "../list-containers.ts";
import type { MetricsCollection } from "../metrics/collect-metrics.ts";
import type { Verbosity } from "../verbosity.ts";
import { type FileOutcome, listFiles, readFile } from "./file-calls.ts";
import { getExecutors, getFrameworks, getState, getTasks } from "./state-responses.ts";

export interface AnswerCallDeps {
  readonly view: Pick<AgentView, "snapshot">;
  readonly containerizer: ContainersPort;
  readonly files: AgentFiles;
  readonly verbosity: Verbosity;
  readonly collectMetrics: () => MetricsCollection;
  readonly flags: Readonly<Record<string, string>>;
  readonly version: VersionInfo;
}

export type CallOutcome =
  | FileOutcome
  /** 200 without a body. */
  | { readonly kind: "done" };

/** What the agent answers to one call of its operator API. */
export async function answerCall(deps: AnswerCallDeps, call: Call): Promise<CallOutcome> {
  switch (call.type) {
    case "GET_HEALTH":
      return answer({ type: "GET_HEALTH", getHealth: { healthy: true } });
    case "GET_FLAGS": {
      const flags = Object.entries(deps.flags).map(([name, value]) => ({ name, value }));
      return answer({ type: "GET_FLAGS", getFlags: { flags } });
    }
    case "GET_VERSION":
      return answer({ type: "GET_VERSION", getVersion: { versionInfo: deps.version } });
    case "GET_METRICS":
      return await metricsOutcome(deps, call);
    case "GET_LOGGING_LEVEL":
      return answer({ type: "GET_LOGGING_LEVEL", getLoggingLevel: { level: deps.verbosity.level } });
    case "SET_LOGGING_LEVEL":
      return setLoggingLevel(deps.verbosity, call);
    case "LIST_FILES":
      return await listFiles(deps.files, call);
    case "READ_FILE":
      return await readFile(deps.files, call);
    case "GET_STATE":
      return answer({ type: "GET_STATE", getState: getState(deps.view.snapshot()) });
    case "GET_CONTAINERS":
      return await containersOutcome(deps, call);
    case "GET_FRAMEWORKS":
      return answer({ type: "GET_FRAMEWORKS", getFrameworks: getFrameworks(deps.view.snapshot()) });
    case "GET_EXECUTORS":
      return answer({ type: "GET_EXECUTORS", getExecutors: getExecutors(deps.view.snapshot()) });
    case "GET_TASKS":
      return answer({ type: "GET_TASKS", getTasks: getTasks(deps.view.snapshot()) });
    case "GET_AGENT":
      return agentOutcome(deps);
    case "GET_OPERATIONS":
      return answer({ type: "GET_OPERATIONS", getOperations: {} });
    case "GET_RESOURCE_PROVIDERS":
      return answer({ type: "GET_RESOURCE_PROVIDERS", getResourceProviders: {} });
    case undefined:
      return { kind: "refused", status: 400, text: "Failed to validate agent::Call: Expecting 'type' to be present" };
    case "UNKNOWN":
    case "UNRECOGNIZED":
      return { kind: "refused", status: 501, text: "The type of the call is not known to this agent" };
    case "LAUNCH_NESTED_CONTAINER":
    case "WAIT_NESTED_CONTAINER":
    case "KILL_NESTED_CONTAINER":
    case "REMOVE_NESTED_CONTAINER":
    case "LAUNCH_NESTED_CONTAINER_SESSION":
    case "ATTACH_CONTAINER_INPUT":
    case "ATTACH_CONTAINER_OUTPUT":
    case "LAUNCH_CONTAINER":
    case "WAIT_CONTAINER":
    case "KILL_CONTAINER":
    case "REMOVE_CONTAINER":
    case "ADD_RESOURCE_PROVIDER_CONFIG":
    case "UPDATE_RESOURCE_PROVIDER_CONFIG":
    case "REMOVE_RESOURCE_PROVIDER_CONFIG":
    case "MARK_RESOURCE_PROVIDER_GONE":
    case "PRUNE_IMAGES":
      return { kind: "refused", status: 501, text: `${call.type} is not served by this agent` };
  }
}

function answer(response: Response): CallOutcome {
  return { kind: "response", response };
}

async function metricsOutcome(deps: AnswerCallDeps, call: Call): Promise<CallOutcome> {
  if (call.getMetrics === undefined) return lacks("get_metrics");
  const nanoseconds = call.getMetrics.timeout?.nanoseconds;
  const timeoutMs = nanoseconds === undefined ? undefined : Math.max(Number(nanoseconds) / 1e6, 0);
  const values = await deps.collectMetrics().within(timeoutMs);
  const metrics = Object.entries(values).map(([name, value]) => ({ name, value }));
  return answer({ type: "GET_METRICS", getMetrics: { metrics } });
}

function setLoggingLevel(verbosity: Verbosity, { setLoggingLevel: wanted }: Call): CallOutcome {
  if (wanted === undefined) return lacks("set_logging_level");
  const fault = verbosity.set(wanted.level ?? 0, Number(wanted.duration?.nanoseconds ?? 0n) / 1e6);
  return fault === undefined ? { kind: "done" } : { kind: "refused", status: 400, text: fault };
}

async function containersOutcome(deps: AnswerCallDeps, call: Call): Promise<CallOutcome> {
  const containers = await listContainers(deps, { standalone: call.getContainers?.showStandalone });
  return answer({
    type: "GET_CONTAINERS",
    getContainers: {
      containers: containers.map(({ containerId, executor, status, statistics }) => ({
        frameworkId: executor?.framework.info.id,
        executorId: executor?.executor.info.executorId,
        executorName: executor === undefined ? undefined : (executor.executor.info.name ?? ""),
        containerId: { value: containerId },
        containerStatus: status,
        resourceStatistics: statistics,
      })),
    },
  });
}

function agentOutcome(deps: AnswerCallDeps): CallOutcome {
  const { info, agentId, drainConfig, drainStartTimeMs } = deps.view.snapshot();
  const id = agentId === undefined ? info.id : { value: agentId };
  const start =
    drainStartTimeMs === undefined ? undefined : { nanoseconds: BigInt(Math.round(drainStartTimeMs)) * 1_000_000n };
  return answer({
    type: "GET_AGENT",
    getAgent: { agentInfo: { ...info, id }, drainConfig, estimatedDrainStartTime: start },
  });
}

function lacks(field: string): CallOutcome {
  return { kind: "refused", status: 400, text: `Failed to validate agent::Call: Expecting '${field}' to be present` };
}
