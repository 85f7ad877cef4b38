import type { Offer_Operation, Resource, TaskInfo, TaskStatus_Reason } from "@berth/proto/v1";
import { masterStatus, orLost } from "../books/master-status.ts";
import type { FrameworkRecord } from "../books/records.ts";
import { count, note, tellFramework, type Turn } from "../books/turn.ts";

export function refuseTask(
  turn: Turn,
  framework: FrameworkRecord,
  task: TaskInfo,
  reason: TaskStatus_Reason,
  message: string,
  left: readonly Resource[],
): readonly Resource[] {
  const status = { taskId: task.taskId?.value ?? "", agentId: task.agentId?.value, reason, message };
  count(turn, "master/tasks_error");
  note(turn, "warn", "a task is refused", { frameworkId: framework.id, taskId: status.taskId, why: message });
  tellFramework(turn, framework, {
    type: "UPDATE",
    update: { status: masterStatus({ ...status, state: "TASK_ERROR" }, turn.now) },
  });
  return left;
}

export function refuseForOffers(turn: Turn, framework: FrameworkRecord, task: TaskInfo, fault: string): void {
  const state = orLost(framework, "TASK_DROPPED");
  const status = { taskId: task.taskId?.value ?? "", agentId: task.agentId?.value, state };
  const message = `Task launched with invalid offers: ${fault}`;
  count(turn, state === "TASK_LOST" ? "master/tasks_lost" : "master/tasks_dropped");
  tellFramework(turn, framework, {
    type: "UPDATE",
    update: { status: masterStatus({ ...status, reason: "REASON_INVALID_OFFERS", message }, turn.now) },
  });
}

/** Only an operation with an id has somebody waiting for an answer. */
export function refuseOperation(
  turn: Turn,
  framework: FrameworkRecord,
  operation: Offer_Operation,
  fault: string,
): void {
  note(turn, "warn", "an operation is refused", { frameworkId: framework.id, operation: operation.type, why: fault });
  if (operation.id === undefined) return;
  tellFramework(turn, framework, {
    type: "UPDATE_OPERATION_STATUS",
    updateOperationStatus: { status: { operationId: operation.id, state: "OPERATION_ERROR", message: fault } },
  });
}

export function tasksOf(operation: Offer_Operation): readonly TaskInfo[] {
  if (operation.type === "LAUNCH") return operation.launch?.taskInfos ?? [];
  return operation.type === "LAUNCH_GROUP" ? (operation.launchGroup?.taskGroup?.tasks ?? []) : [];
}
