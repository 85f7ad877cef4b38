import type { AgentSnapshot, FrameworkView } from "@berth/agent-core";
import type {
  Response_GetExecutors,
  Response_GetFrameworks,
  Response_GetState,
  Response_GetTasks,
} from "@berth/proto/v1/agent";
import { taskOf } from "./task-of.ts";

export function getState(snapshot: AgentSnapshot): Response_GetState {
  return {
    getTasks: getTasks(snapshot),
    getExecutors: getExecutors(snapshot),
    getFrameworks: getFrameworks(snapshot),
  };
}

export function getFrameworks({ frameworks, completedFrameworks }: AgentSnapshot): Response_GetFrameworks {
  return {
    frameworks: frameworks.map(({ info }) => ({ frameworkInfo: info })),
    completedFrameworks: completedFrameworks.map(({ info }) => ({ frameworkInfo: info })),
  };
}

export function getExecutors(snapshot: AgentSnapshot): Response_GetExecutors {
  return {
    executors: snapshot.frameworks.flatMap(({ executors }) => executors.map(({ info }) => ({ executorInfo: info }))),
    completedExecutors: allFrameworks(snapshot).flatMap(({ completedExecutors }) =>
      completedExecutors.map(({ info }) => ({ executorInfo: info })),
    ),
  };
}

export function getTasks(snapshot: AgentSnapshot): Response_GetTasks {
  const frameworks = allFrameworks(snapshot);
  const executors = frameworks.flatMap(({ executors, completedExecutors }) => [...executors, ...completedExecutors]);
  return {
    pendingTasks: frameworks.flatMap(({ info, pendingTasks }) => pendingTasks.map((task) => taskOf(task, info.id))),
    queuedTasks: frameworks.flatMap(({ info, executors }) =>
      executors.flatMap(({ queuedTasks }) => queuedTasks.map((task) => taskOf(task, info.id))),
    ),
    launchedTasks: executors.flatMap(({ launchedTasks }) => launchedTasks),
    terminatedTasks: executors.flatMap(({ terminatedTasks }) => terminatedTasks),
    completedTasks: executors.flatMap(({ completedTasks }) => completedTasks),
  };
}

/** Completed frameworks have completed executors, and these their tasks. */
function allFrameworks({ frameworks, completedFrameworks }: AgentSnapshot): readonly FrameworkView[] {
  return [...frameworks, ...completedFrameworks];
}
