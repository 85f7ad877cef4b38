import { convertMessage } from "@berth/proto";
import type { Pid } from "@berth/libprocess";
import { TaskStatus } from "@berth/proto/v1";
import { TaskStatus as InternalTaskStatus } from "@berth/proto/internal";
import type { StatusUpdateMessage } from "@berth/proto/internal/messages";
import { updateTask } from "../books/tasks.ts";
import { count, note, tellFramework, type Turn } from "../books/turn.ts";

/**
 * An update goes to its framework as often as it comes, whether the task is in the books or not; whoever hears of one twice knows it by
 * its uuid. One for a framework that is not there comes again from the agent.
 */
export function statusUpdate(turn: Turn, from: Pid, message: StatusUpdateMessage): void {
  const { update = {} } = message;
  const frameworkId = update.frameworkId?.value ?? "";
  const agent = turn.books.agents.get(update.slaveId?.value ?? "");
  const framework = turn.books.frameworks.get(frameworkId);
  if (agent === undefined || framework === undefined) {
    count(turn, "master/invalid_status_updates");
    const what = { agentId: update.slaveId?.value, frameworkId, taskId: update.status?.taskId?.value, from: from.id };
    return note(turn, "warn", "an update of an unknown agent or framework", what);
  }
  const status = { ...convertMessage(InternalTaskStatus, TaskStatus, update.status ?? {}), uuid: update.uuid };
  tellFramework(turn, framework, { type: "UPDATE", update: { status } });
  const record = agent.tasks.get(frameworkId)?.get(status.taskId?.value ?? "");
  if (record === undefined) {
    count(turn, "master/invalid_status_updates");
    return note(turn, "warn", "an update of a task that is not in the books", {
      frameworkId,
      taskId: status.taskId?.value,
    });
  }
  count(turn, "master/valid_status_updates");
  updateTask(turn, record, status, update.latestState, update.uuid);
}
