import { addResources, containsResources, formatResources, subtractResources } from "@berth/resources";
import type { ExecutorInfo, Offer_Operation, Resource, TaskInfo } from "@berth/proto/v1";
import type { Call_Accept } from "@berth/proto/v1/scheduler";
import { addFilter, refuseMs } from "../allocation/offer-filters.ts";
import { release } from "../books/accounts.ts";
import type { AgentRecord, FrameworkRecord } from "../books/records.ts";
import { count, note, type Turn } from "../books/turn.ts";
import { refuseForOffers, refuseOperation, refuseTask, tasksOf } from "./refuse.ts";
import { takeOffers } from "./take-offers.ts";
import { launchGroup, launchTask } from "./launch.ts";
import { applyReservation } from "./reservation-operation.ts";
import { commandFault, executorFault, taskFault } from "./task-fault.ts";
import { normalizeExecutor, normalizeTask } from "./normalize.ts";

/** Turns offers into tasks; what they leave over goes back. */
export function accept(turn: Turn, framework: FrameworkRecord, call: Call_Accept): void {
  const taken = takeOffers(turn, framework, call.offerIds ?? []);
  if (!taken.ok) {
    count(turn, "master/messages_invalid_offers");
    for (const task of (call.operations ?? []).flatMap(tasksOf)) refuseForOffers(turn, framework, task, taken.fault);
    for (const operation of call.operations ?? []) {
      if (tasksOf(operation).length === 0) refuseOperation(turn, framework, operation, taken.fault);
    }
    return;
  }
  const { agent, role } = taken;
  let left = taken.resources;
  for (const operation of call.operations ?? []) {
    switch (operation.type) {
      case "LAUNCH":
        for (const task of operation.launch?.taskInfos ?? []) {
          left = acceptTask(turn, framework, agent, role, left, task);
        }
        break;
      case "LAUNCH_GROUP":
        left = acceptGroup(turn, framework, agent, role, left, operation);
        break;
      case "RESERVE":
      case "UNRESERVE":
      case "CREATE":
      case "DESTROY": {
        const applied = applyReservation(turn, framework, agent, role, left, operation);
        if (applied.ok) left = applied.left;
        else refuseOperation(turn, framework, operation, applied.fault);
        break;
      }
      default:
        refuseOperation(turn, framework, operation, "the local master does not know this operation");
    }
  }
  release(turn, agent, framework, left);
  const refuse = refuseMs(call.filters);
  if (refuse > 0 && left.length > 0) addFilter(framework, agent.id, role, left, turn.now + refuse, turn.now);
}

function acceptTask(
  turn: Turn,
  framework: FrameworkRecord,
  agent: AgentRecord,
  role: string,
  left: readonly Resource[],
  given: TaskInfo,
): readonly Resource[] {
  const normal = normalizeTask(given, role);
  if (!normal.ok) return refuseTask(turn, framework, given, "REASON_TASK_INVALID", normal.fault, left);
  const task = normal.value;
  const fault = taskFault(task, framework, agent) ?? commandFault(task, framework, agent);
  if (fault !== undefined) return refuseTask(turn, framework, task, "REASON_TASK_INVALID", fault, left);
  const needed = addResources(task.resources ?? [], newExecutorResources(agent, framework, task.executor));
  if (!containsResources(left, needed)) {
    return refuseTask(turn, framework, task, "REASON_TASK_INVALID", tooMuch("Task", needed, left), left);
  }
  launchTask(turn, framework, agent, task);
  return subtractResources(left, needed);
}

/** A group is launched as a whole or not at all. */
function acceptGroup(
  turn: Turn,
  framework: FrameworkRecord,
  agent: AgentRecord,
  role: string,
  left: readonly Resource[],
  operation: Offer_Operation,
): readonly Resource[] {
  const given = operation.launchGroup?.taskGroup?.tasks ?? [];
  const refuse = (fault: string) => {
    for (const task of given) refuseTask(turn, framework, task, "REASON_TASK_GROUP_INVALID", fault, left);
    return left;
  };
  const executor = normalizeExecutor(operation.launchGroup?.executor ?? {}, role);
  if (!executor.ok) return refuse(executor.fault);
  if (given.length === 0) note(turn, "warn", "a task group without tasks", { frameworkId: framework.id });
  const tasks: TaskInfo[] = [];
  let needed = newExecutorResources(agent, framework, executor.value);
  let fault = executorFault(executor.value, framework, agent);
  for (const each of given) {
    const normal = normalizeTask(each, role);
    if (!normal.ok) return refuse(normal.fault);
    fault ??= taskFault(normal.value, framework, agent);
    if (each.executor !== undefined) fault ??= "A task of a group must not have an executor of its own";
    if (tasks.some((other) => other.taskId?.value === each.taskId?.value))
      fault ??= "Two tasks of the group have one id";
    needed = addResources(needed, normal.value.resources ?? []);
    tasks.push({ ...normal.value, executor: executor.value });
  }
  if (fault !== undefined) return refuse(fault);
  if (!containsResources(left, needed)) return refuse(tooMuch("Task group", needed, left));
  if (tasks.length === 0) return left;
  launchGroup(turn, framework, agent, executor.value, tasks);
  return subtractResources(left, needed);
}

function newExecutorResources(
  agent: AgentRecord,
  framework: FrameworkRecord,
  executor: ExecutorInfo | undefined,
): readonly Resource[] {
  if (executor === undefined) return [];
  const running = agent.executors.get(framework.id)?.has(executor.executorId?.value ?? "") === true;
  return running ? [] : (executor.resources ?? []);
}

function tooMuch(what: string, needed: readonly Resource[], left: readonly Resource[]): string {
  return `${what} uses more resources ${formatResources([...needed])} than available ${formatResources([...left])}`;
}
