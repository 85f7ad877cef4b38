import type { AgentSnapshot, ExecutorView, FrameworkView } from "@berth/agent-core";
import { type MessageCodec, parseMessage } from "@berth/proto";
import {
  AgentInfo,
  ContainerStatus,
  ExecutorInfo,
  FrameworkInfo,
  Resource,
  ResourceStatistics,
  Task,
} from "@berth/proto/v1";
import { recordedAnswer } from "@berth/testkit";

type Json = Readonly<Record<string, unknown>>;

/** The agent of the recording, put together again from what it answered. */
export function recordedSnapshot(): AgentSnapshot {
  const state = answer("agent.state.trimmed");
  const executors = at(answer("agent.v1.GET_EXECUTORS"), "get_executors");
  const infos = [...listAt(executors, "executors"), ...listAt(executors, "completed_executors")].map((each) =>
    read(ExecutorInfo, each["executor_info"]),
  );
  const frameworks = at(answer("agent.v1.GET_FRAMEWORKS"), "get_frameworks");
  const frameworkInfos = [...listAt(frameworks, "frameworks"), ...listAt(frameworks, "completed_frameworks")].map(
    (each) => read(FrameworkInfo, each["framework_info"]),
  );
  const tasks = at(answer("agent.v1.GET_TASKS.trimmed"), "get_tasks");
  const tasksOf = (list: string) => listAt(tasks, list).map((each) => read(Task, each));
  const agentInfo = read(AgentInfo, at(answer("agent.v1.GET_AGENT"), "get_agent")["agent_info"]);

  const executorView = (framework: Json, executor: Json): ExecutorView => {
    const info = infos.find(
      (each) => each.executorId?.value === executor["id"] && each.frameworkId?.value === framework["id"],
    );
    if (info === undefined) throw new Error(`no executor ${String(executor["id"])} was recorded`);
    const launchedTasks = tasksOf("launched_tasks").filter((task) => task.taskId?.value === executor["id"]);
    const done = launchedTasks.length === 0;
    return {
      info,
      containerId: String(executor["container"]),
      directory: String(executor["directory"]),
      generatedForCommandTask: true,
      resources: [...(info.resources ?? []), ...launchedTasks.flatMap((task) => task.resources ?? [])],
      queuedTasks: [],
      launchedTasks,
      terminatedTasks: done ? tasksOf("terminated_tasks") : [],
      completedTasks: done ? tasksOf("completed_tasks") : [],
    };
  };
  const frameworkView = (framework: Json): FrameworkView => {
    const info = frameworkInfos.find((each) => each.id?.value === framework["id"]);
    if (info === undefined) throw new Error(`no framework ${String(framework["id"])} was recorded`);
    return {
      info,
      pid: undefined,
      pendingTasks: [],
      executors: listAt(framework, "executors").map((each) => executorView(framework, each)),
      completedExecutors: listAt(framework, "completed_executors").map((each) => executorView(framework, each)),
    };
  };
  const running = listAt(state, "frameworks").map(frameworkView);
  return {
    agentId: String(state["id"]),
    info: agentInfo,
    startTimeMs: Number(state["start_time"]) * 1000,
    capabilities: state["capabilities"] as string[],
    totalResources: agentInfo.resources ?? [],
    allocatedResources: running.flatMap(({ executors }) => executors.flatMap(({ resources }) => resources)),
    drainConfig: undefined,
    drainStartTimeMs: undefined,
    frameworks: running,
    completedFrameworks: listAt(state, "completed_frameworks").map(frameworkView),
  };
}

/** What the recorded containerizer said of a container. */
export function recordedContainer(containerId: string): { status: ContainerStatus; usage: ResourceStatistics } {
  const all = answer("agent.containers") as unknown as Json[];
  const found = all.find((each) => each["container_id"] === containerId);
  if (found === undefined) throw new Error(`no container ${containerId} was recorded`);
  return { status: read(ContainerStatus, found["status"]), usage: read(ResourceStatistics, found["statistics"]) };
}

export function readResources(json: unknown): readonly Resource[] {
  return (json as unknown[]).map((each) => read(Resource, each));
}

export function answer(name: string): Json {
  return recordedAnswer(name).json as Json;
}

/** The object at a key. */
export function at(json: Json, key: string): Json {
  if (json[key] === undefined) throw new Error(`there is no ${key} in the recording`);
  return json[key] as Json;
}

/** The list of objects at a key. */
function listAt(json: Json, key: string): readonly Json[] {
  return at(json, key) as unknown as readonly Json[];
}

function read<T>(codec: MessageCodec<T>, json: unknown): T {
  const result = parseMessage(codec, json, { unknown: "ignore" });
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join("; "));
  return result.value;
}
