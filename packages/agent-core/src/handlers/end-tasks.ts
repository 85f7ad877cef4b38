import type { AgentContext } from "../agent-context.ts";
import type { FrameworkRecord } from "../framework-record.ts";
import type { InputOf } from "../messages/agent-input.ts";
import { drainKillPolicy } from "../task/kill-policy.ts";
import { tellOfUnknown } from "./tell-of-unknown.ts";

/** KillTaskMessage. Source: wire facts 2.4. */
export function killTask(context: AgentContext, { frameworkId, taskId, killPolicy }: InputOf<"kill-task">): void {
  const { book, desk, driver, log } = context;
  const framework = book.framework(frameworkId);
  if (framework === undefined || framework.terminating) {
    return log.debug("a kill for a framework that has nothing here", { frameworkId, taskId });
  }
  const run = framework.tasks.get(taskId);
  if (run !== undefined) return driver.dispatch(run, { type: "kill" }, { killPolicy });
  if (desk.hasPending({ frameworkId, taskId })) return;
  tellOfUnknown(context, { frameworkId, taskId }, framework.info, {
    state: "TASK_DROPPED",
    reason: "REASON_EXECUTOR_TERMINATED",
    message: "Cannot find executor",
  });
}

/** ShutdownExecutorMessage: a command task's executor has its id. */
export function shutDownExecutor(context: AgentContext, input: InputOf<"shutdown-executor">): void {
  const run = context.book.framework(input.frameworkId)?.tasks.get(input.executorId);
  if (run !== undefined) context.driver.dispatch(run, { type: "shut-down" });
}

/** ShutdownFrameworkMessage, which masters send to all agents. */
export function shutDownFramework(context: AgentContext, frameworkId: string): void {
  const framework = context.book.framework(frameworkId);
  if (framework === undefined) context.desk.dropFramework(frameworkId);
  else endFramework(context, framework);
}

/** Without a word to it. */
export function endFramework({ desk, driver }: AgentContext, framework: FrameworkRecord): void {
  framework.terminating = true;
  desk.dropFramework(framework.id);
  for (const run of framework.runs) driver.dispatch(run, { type: "silence" });
}

/** DrainSlaveMessage: nothing new, and what is here ends. */
export async function startDrain(context: AgentContext, { config }: InputOf<"drain">): Promise<void> {
  const { agentId, book, drain, driver, now } = context;
  if (agentId === undefined) return;
  await drain.begin(config, agentId, now());
  for (const framework of book.frameworks()) {
    for (const run of framework.tasks.values()) {
      driver.dispatch(run, { type: "kill" }, { killPolicy: drainKillPolicy(run.info, config) });
    }
  }
  await drain.endWhen(book.isEmpty, agentId);
}
