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
import { jsonArrayInSlices, jsonObject, jsonString, type JsonText } from "../json-text.ts";

/**
 * A response as the agent writes it. The original writes the lists of tasks, executors and frameworks by hand, empty ones
 * included; everything else is JSON of protobuf, where empty lists are left out.
 */
export async function responseJson(response: Response): Promise<JsonText> {
  const { type, getTasks, getExecutors, getFrameworks, getState } = response;
  const written: Record<string, JsonText> = {};
  if (getTasks !== undefined) written["get_tasks"] = await tasksJson(getTasks);
  if (getExecutors !== undefined) written["get_executors"] = await executorsJson(getExecutors);
  if (getFrameworks !== undefined) written["get_frameworks"] = await frameworksJson(getFrameworks);
  if (getState !== undefined) {
    written["get_state"] = jsonObject({
      get_tasks: await tasksJson(getState.getTasks ?? {}),
      get_executors: await executorsJson(getState.getExecutors ?? {}),
      get_frameworks: await frameworksJson(getState.getFrameworks ?? {}),
    });
  }
  if (Object.keys(written).length === 0) return toMesosJson(Response, response);
  return jsonObject({ type: jsonString(type ?? "UNKNOWN"), ...written });
}

async function tasksJson(tasks: Response_GetTasks): Promise<JsonText> {
  return jsonObject({
    pending_tasks: await list(Task, tasks.pendingTasks),
    queued_tasks: await list(Task, tasks.queuedTasks),
    launched_tasks: await list(Task, tasks.launchedTasks),
    terminated_tasks: await list(Task, tasks.terminatedTasks),
    completed_tasks: await list(Task, tasks.completedTasks),
  });
}

async function executorsJson({ executors, completedExecutors }: Response_GetExecutors): Promise<JsonText> {
  return jsonObject({
    executors: await list(Executor, executors),
    completed_executors: await list(Executor, completedExecutors),
  });
}

async function frameworksJson({ frameworks, completedFrameworks }: Response_GetFrameworks): Promise<JsonText> {
  return jsonObject({
    frameworks: await list(Framework, frameworks),
    completed_frameworks: await list(Framework, completedFrameworks),
  });
}

function list<T>(codec: MessageCodec<T>, messages: readonly T[] | undefined): Promise<JsonText> {
  return jsonArrayInSlices(messages ?? [], (each) => toMesosJson(codec, each));
}
