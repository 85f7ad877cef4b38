import { convertMessage } from "@berth/proto";
import { FrameworkInfo as InternalFrameworkInfo } from "@berth/proto/internal";
import type { ReconcileTasksMessage } from "@berth/proto/internal/messages";
import { FrameworkInfo } from "@berth/proto/v1";
import { type AgentContext, taskKey } from "../agent-context.ts";
import { tellOfUnknown } from "./tell-of-unknown.ts";

/** Tasks that a master believes here: those that are not are ended in its books, too. Source: wire facts 2.2. */
export async function reconcile(
  context: AgentContext,
  { frameworkId: id, framework: info, statuses = [] }: ReconcileTasksMessage,
): Promise<void> {
  const frameworkId = id?.value ?? "";
  for (const { taskId: { value: taskId = "" } = {} } of statuses) {
    const key = { frameworkId, taskId };
    await context.acknowledging.get(taskKey(key));
    const known = context.book.framework(frameworkId);
    if (known?.tasks.has(taskId) === true || context.desk.hasPending(key)) continue;
    const framework = info === undefined ? known?.info : convertMessage(InternalFrameworkInfo, FrameworkInfo, info);
    tellOfUnknown(context, key, framework, {
      state: "TASK_DROPPED",
      reason: "REASON_RECONCILIATION",
      message: "Reconciliation: the agent does not know the task",
    });
  }
}
