import { randomUUID } from "node:crypto";
import { sandboxPath } from "@berth/containerizer";
import { type AgentContext, taskKey } from "../agent-context.ts";
import type { InputOf } from "../messages/agent-input.ts";
import { withAllocationRole } from "../messages/with-allocation-role.ts";
import { judgeLaunch } from "../task/judge-launch.ts";
import { TaskRun } from "../task/task-run.ts";
import { tellAside, tellOfUnknown } from "./tell-of-unknown.ts";

/** RunTaskMessage. */
export function runTask(context: AgentContext, input: InputOf<"run-task">): Promise<void> | void {
  // The last task of this id may be over as soon as that is stored.
  const acknowledging = context.acknowledging.get(taskKey(input));
  return acknowledging === undefined ? judge(context, input) : acknowledging.then(() => judge(context, input));
}

function judge(context: AgentContext, input: InputOf<"run-task">): void {
  const { frameworkId, taskId, framework, task, launchExecutor } = input;
  const { book, desk, drain, log, outbox, agentId, total } = context;
  const known = book.framework(frameworkId);
  const present = known?.tasks.get(taskId);
  const undelivered = present === undefined && desk.hasPending({ frameworkId, taskId });
  const verdict = judgeLaunch({
    agentId,
    framework,
    task,
    launchExecutor,
    draining: drain.config !== undefined,
    frameworkTerminating: known?.terminating === true,
    sameId: present !== undefined ? "present" : undelivered ? "undelivered" : "none",
    totalResources: total,
  });
  if (verdict.type === "accept") return accept(context, input);
  const told = verdict.type === "refuse" ? verdict.status : { message: verdict.reason };
  log.warn("a task was not launched", { frameworkId, taskId: taskId.slice(0, 300), ...told });
  if (verdict.type === "refuse") {
    if (present === undefined) tellOfUnknown(context, input, framework, verdict.status);
    else tellAside(context, input, framework, verdict.status, present.state);
  }
  if (verdict.exitedExecutor) {
    outbox.exitedExecutor({ agentId: agentId ?? "", frameworkId, executorId: taskId });
  }
}

function accept(context: AgentContext, { frameworkId, taskId, framework: info, pid, task }: InputOf<"run-task">): void {
  const { book, driver, options, store, agentId = "" } = context;
  const framework = book.open(frameworkId, info, pid);
  const containerId = randomUUID();
  const key = { agentId, frameworkId, executorId: taskId, containerId };
  const checkpointDirectory = framework.info.checkpoint === true ? store.taskDirectory({ ...key, taskId }) : undefined;
  const directory = sandboxPath({ workDirectory: options.workDirectory, ...key });
  const place = { agentId, containerId, checkpointDirectory };
  const run = new TaskRun(framework, withAllocationRole(task, info), place, directory);
  book.add(run);
  driver.begin(run);
}

/** RunTaskGroupMessage: not served, and every task of the group hears of it. */
export function refuseGroup(
  context: AgentContext,
  { framework, frameworkId, executorId, tasks, launchExecutor }: InputOf<"run-task-group">,
): void {
  const { agentId, desk, log, outbox } = context;
  const own = tasks.filter((task) => task.agentId?.value === agentId);
  if (agentId === undefined || own.length === 0) return;
  log.warn("a task group was not launched", { frameworkId, executorId, tasks: own.length });
  for (const task of own) {
    const key = { frameworkId, taskId: task.taskId?.value ?? "" };
    if (desk.hasPending(key) || context.book.framework(frameworkId)?.tasks.has(key.taskId) === true) continue;
    tellOfUnknown(context, key, framework, {
      state: "TASK_FAILED",
      reason: "REASON_CONTAINER_LAUNCH_FAILED",
      message: `Failed to launch container: this agent runs no task groups (executor "${executorId}"); launch the tasks one by one`,
    });
  }
  if (launchExecutor === true) outbox.exitedExecutor({ agentId, frameworkId, executorId });
}
