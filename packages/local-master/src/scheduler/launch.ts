import type { ExecutorInfo, TaskInfo } from "@berth/proto/v1";
import { type Launch, runTask, runTaskGroup } from "../agents/agent-message.ts";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { addExecutor, addTask, taskOf } from "../books/tasks.ts";
import { count, sendToAgent, type Turn } from "../books/turn.ts";
import { executorForAgent, taskForAgent } from "./normalize.ts";

/** The resources are charged to the framework already, as part of the offer. */
export function launchTask(turn: Turn, framework: FrameworkRecord, agent: AgentRecord, task: TaskInfo): void {
  const launch = launchOf(framework, agent, task.executor);
  if (task.executor !== undefined && launch.launchExecutor) addExecutor(agent, framework, task.executor);
  addTask(agent, framework, taskOf(task, framework, task.executor));
  count(turn, "master/tasks_launched");
  sendToAgent(turn, agent, runTask(launch, taskForAgent(agent, task)));
}

export function launchGroup(
  turn: Turn,
  framework: FrameworkRecord,
  agent: AgentRecord,
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
): void {
  const launch = launchOf(framework, agent, executor);
  if (launch.launchExecutor) addExecutor(agent, framework, executor);
  for (const task of tasks) {
    addTask(agent, framework, taskOf(task, framework, executor));
    count(turn, "master/tasks_launched");
  }
  const shown = tasks.map((task) => taskForAgent(agent, task));
  sendToAgent(turn, agent, runTaskGroup(launch, executorForAgent(agent, executor), shown));
}

/** A task with a command always gets an executor of its own, which the agent makes up. */
function launchOf(framework: FrameworkRecord, agent: AgentRecord, executor: ExecutorInfo | undefined): Launch {
  const running =
    executor !== undefined && agent.executors.get(framework.id)?.has(executor.executorId?.value ?? "") === true;
  return {
    framework: framework.info,
    resourceVersionUuid: agent.capabilities.has("RESOURCE_PROVIDER") ? agent.resourceVersionUuid : undefined,
    launchExecutor: !running,
  };
}
