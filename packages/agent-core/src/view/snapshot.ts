import { isTerminalState } from "@berth/proto";
import type { DrainConfig, Resource } from "@berth/proto/v1";
import { addResources } from "@berth/resources";
import type { AgentSnapshot, ExecutorView, FrameworkView } from "../agent-view.ts";
import type { Book } from "../book.ts";
import { agentCapabilities } from "../capabilities.ts";
import type { FrameworkRecord } from "../framework-record.ts";
import type { AgentFacts } from "../registration.ts";
import { hasEnded } from "../task/task-life.ts";
import type { TaskRun } from "../task/task-run.ts";

export interface SnapshotFacts extends AgentFacts {
  readonly startTimeMs: number;
  readonly totalResources: readonly Resource[];
  readonly drainConfig: DrainConfig | undefined;
  readonly drainStartTimeMs: number | undefined;
}

export function takeSnapshot(facts: SnapshotFacts, book: Book): AgentSnapshot {
  const { agentId, hostname, port, resources, attributes } = facts;
  const frameworks = book.frameworks();
  return {
    agentId,
    info: {
      hostname,
      port,
      resources: [...resources],
      attributes: [...attributes],
      ...(agentId !== undefined && { id: { value: agentId } }),
    },
    startTimeMs: facts.startTimeMs,
    capabilities: agentCapabilities,
    totalResources: facts.totalResources,
    allocatedResources: sum(frameworks.flatMap(({ runs }) => [...runs].map((run) => run.resources()))),
    drainConfig: facts.drainConfig,
    drainStartTimeMs: facts.drainStartTimeMs,
    frameworks: frameworks.map(viewFramework),
    completedFrameworks: book.completedFrameworks.map(viewFramework),
  };
}

function viewFramework({ info, pid, runs, completed }: FrameworkRecord): FrameworkView {
  const all = [...runs];
  return {
    info,
    pid,
    pendingTasks: all.filter(isPending).map((run) => run.info),
    executors: all.filter((run) => !isPending(run)).map(viewExecutor),
    completedExecutors: completed.map(viewExecutor),
  };
}

function isPending(run: TaskRun): boolean {
  return run.life.container === "preparing" && !hasEnded(run.life);
}

function viewExecutor(run: TaskRun): ExecutorView {
  const tasks = [run.task()];
  const ended = isTerminalState(run.state);
  const completed = run.life.delivered || (run.life.silenced && run.life.container === "gone");
  return {
    info: run.executorInfo(),
    containerId: run.place.containerId,
    directory: run.directory,
    generatedForCommandTask: true,
    resources: run.resources(),
    queuedTasks: [],
    launchedTasks: ended || completed ? [] : tasks,
    terminatedTasks: ended && !completed ? tasks : [],
    completedTasks: completed ? tasks : [],
  };
}

/** In pairs, so that thousands of port ranges are not gone over again for each task. */
function sum(lists: readonly (readonly Resource[])[]): readonly Resource[] {
  if (lists.length <= 2) return addResources(lists[0] ?? [], lists[1] ?? []);
  const middle = lists.length >> 1;
  return addResources(sum(lists.slice(0, middle)), sum(lists.slice(middle)));
}
