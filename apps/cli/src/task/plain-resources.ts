import type { Resource, TaskInfo } from "@berth/proto/v1";

/** Names and amounts only: on an agent of one's own nothing is reserved, and no volume is there to be had. */
export function withPlainResources(task: TaskInfo): TaskInfo {
  const resources = (task.resources ?? []).map(({ name, type, scalar, ranges, set }): Resource => ({
    name,
    type,
    ...(scalar !== undefined && { scalar }),
    ...(ranges !== undefined && { ranges }),
    ...(set !== undefined && { set }),
  }));
  return { ...task, resources };
}
