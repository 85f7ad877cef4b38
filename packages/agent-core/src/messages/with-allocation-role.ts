import type { FrameworkInfo, TaskInfo } from "@berth/proto/v1";

/**
 * The task with an allocation role in all its resources: masters before multi-role frameworks leave it out, and a master that finds none in
 * a re-registration ends. Source: wire facts 2.4 and 2.12.
 */
export function withAllocationRole(task: TaskInfo, framework: FrameworkInfo): TaskInfo {
  if (task.resources?.every((each) => each.allocationInfo?.role !== undefined) !== false) return task;
  const role = framework.roles?.[0] ?? framework.role ?? "*";
  return {
    ...task,
    resources: task.resources.map((each) =>
      each.allocationInfo?.role === undefined ? { ...each, allocationInfo: { role } } : each,
    ),
  };
}
