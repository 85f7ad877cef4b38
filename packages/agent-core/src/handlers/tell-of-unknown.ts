import type { FrameworkInfo, TaskState } from "@berth/proto/v1";
import type { AgentContext, TaskKey } from "../agent-context.ts";
import type { OwnStatus } from "../status/complete-status.ts";
import { toStatusUpdate } from "../status/to-status-update.ts";

/** The last status of a task that the books do not have; delivered as every other, and kept in memory. */
export function tellOfUnknown(
  context: AgentContext,
  { frameworkId, taskId }: TaskKey,
  framework: FrameworkInfo | undefined,
  own: OwnStatus,
): void {
  const status = context.driver.ownStatus(own, { agentId: context.agentId ?? "", taskId, framework });
  context.counters.add("slave/valid_status_updates");
  if (status.state !== undefined) context.counters.addTerminal(status.state);
  void context.desk.deliver(toStatusUpdate(frameworkId, status), undefined);
}

/** Once, past the updates of the other task with this id, whose state the master is told to go by. */
export function tellAside(
  context: AgentContext,
  { frameworkId, taskId }: TaskKey,
  framework: FrameworkInfo,
  own: OwnStatus,
  latestState: TaskState,
): void {
  const status = context.driver.ownStatus(own, { agentId: context.agentId ?? "", taskId, framework });
  context.outbox.statusUpdate({ ...toStatusUpdate(frameworkId, status), latestState });
}
