import { toPostReservationRefinement, toPreReservationRefinement, withAllocation } from "@berth/resources";
import type { ExecutorInfo, Resource, TaskInfo } from "@berth/proto/v1";
import type { AgentRecord } from "../books/records.ts";

export type Normalized<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

/** A framework's resources as the books hold them: in the post-refinement format, for the role of the offer unless they say which. */
export function normalizeResources(resources: readonly Resource[], role: string): Normalized<Resource[]> {
  try {
    const post = toPostReservationRefinement([...resources]);
    return {
      ok: true,
      value: post.flatMap((each) => (each.allocationInfo === undefined ? withAllocation([each], role) : [each])),
    };
  } catch (error) {
    return { ok: false, fault: error instanceof Error ? error.message : String(error) };
  }
}

export function normalizeExecutor(executor: ExecutorInfo, role: string): Normalized<ExecutorInfo> {
  if (executor.resources === undefined) return { ok: true, value: executor };
  const resources = normalizeResources(executor.resources, role);
  return resources.ok ? { ok: true, value: { ...executor, resources: resources.value } } : resources;
}

export function normalizeTask(task: TaskInfo, role: string): Normalized<TaskInfo> {
  const resources = normalizeResources(task.resources ?? [], role);
  if (!resources.ok) return resources;
  const executor = task.executor && normalizeExecutor(task.executor, role);
  if (executor?.ok === false) return executor;
  return {
    ok: true,
    value: { ...task, resources: resources.value, ...(executor?.ok === true && { executor: executor.value }) },
  };
}

/** As an agent without RESERVATION_REFINEMENT understands them. */
export function resourcesForAgent(agent: AgentRecord, resources: readonly Resource[]): Resource[] {
  if (agent.capabilities.has("RESERVATION_REFINEMENT")) return [...resources];
  return [...(toPreReservationRefinement([...resources]) ?? resources)];
}

export function taskForAgent(agent: AgentRecord, task: TaskInfo): TaskInfo {
  return {
    ...task,
    resources: resourcesForAgent(agent, task.resources ?? []),
    ...(task.executor !== undefined && { executor: executorForAgent(agent, task.executor) }),
  };
}

export function executorForAgent(agent: AgentRecord, executor: ExecutorInfo): ExecutorInfo {
  if (executor.resources === undefined) return executor;
  return { ...executor, resources: resourcesForAgent(agent, executor.resources) };
}
