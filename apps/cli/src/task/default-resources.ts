import type { Resource, TaskInfo } from "@berth/proto/v1";

const defaults = { cpus: 0.1, mem: 64 } as const;

/** A cluster gives no task without resources; a task that says nothing of cpus or memory gets 0.1 cpus and 64 MB. */
export function withDefaultResources(task: TaskInfo): TaskInfo {
  const given = new Set(task.resources?.map((resource) => resource.name));
  const missing = Object.entries(defaults).flatMap(([name, value]): Resource[] =>
    given.has(name) ? [] : [{ name, type: "SCALAR", scalar: { value } }],
  );
  return { ...task, resources: [...(task.resources ?? []), ...missing] };
}
