import { type MessageCodec, toMesosJson } from "@berth/proto";
import { Task } from "@berth/proto/v1";
import {
  Response,
  Response_GetExecutors_Executor as Executor,
  Response_GetFrameworks_Framework as Framework,
  type Response_GetExecutors,
  type Response_GetFrameworks,
  type Response_GetTasks,
} from "@berth/proto/v1/agent";
import { jsonArray, jsonObject, jsonString, type JsonText } from "../json-text.ts";

/**
 * A response as the agent writes it. The original writes the lists of tasks, executors and frameworks by hand, empty ones
 * included; everything else is JSON of protobuf, where empty lists are left out.
 */
export function responseJson(response: Response): JsonText {
  const { type, getTasks, getExecutors, getFrameworks, getState } = response;
  const written: Record<string, JsonText> = {};
  if (getTasks !== undefined) written["get_tasks"] = tasksJson(getTasks);
  if (getExecutors !== undefined) written["get_executors"] = executorsJson(getExecutors);
  if (getFrameworks !== undefined) written["get_frameworks"] = frameworksJson(getFrameworks);
  if (getState !== undefined) {
    written["get_state"] = jsonObject({
      get_tasks: tasksJson(getState.getTasks ?? {}),
      get_executors: executorsJson(getState.getExecutors ?? {}),
      get_frameworks: frameworksJson(getState.getFrameworks ?? {}),
    });
  }
  if (Object.keys(written).length === 0) return toMesosJson(Response, response);
  return jsonObject({ type: jsonString(type ?? "UNKNOWN"), ...written });
}

function tasksJson(tasks: Response_GetTasks): JsonText {
  return jsonObject({
    pending_tasks: list(Task, tasks.pendingTasks),
    queued_tasks: list(Task, tasks.queuedTasks),
    launched_tasks: list(Task, tasks.launchedTasks),
    terminated_tasks: list(Task, tasks.terminatedTasks),
    completed_tasks: list(Task, tasks.completedTasks),
  });
}

function executorsJson({ executors, completedExecutors }: Response_GetExecutors): JsonText {
  return jsonObject({ executors: list(Executor, executors), completed_executors: list(Executor, completedExecutors) });
}

function frameworksJson({ frameworks, completedFrameworks }: Response_GetFrameworks): JsonText {
  return jsonObject({
    frameworks: list(Framework, frameworks),
    completed_frameworks: list(Framework, completedFrameworks),
  });
}

function list<T>(codec: MessageCodec<T>, messages: readonly T[] | undefined): JsonText {
  return jsonArray(messages ?? [], (each) => toMesosJson(codec, each));
}
