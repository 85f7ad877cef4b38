import type { Resource, TaskInfo } from "@berth/proto/v1";
import type { TaskFault } from "./task-fault.ts";

/** What a cluster's master would refuse. Pure. What a container may be, and ids, are the executor's to check. */
export function checkTask(task: TaskInfo): readonly TaskFault[] {
  const faults = (task.resources ?? []).flatMap(resourceFaults);
  if (task.command === undefined && task.executor === undefined) {
    faults.unshift({ path: "command", message: 'is missing; for the image\'s own command write {"shell": false}' });
  }
  return faults;
}

function resourceFaults(resource: Resource, index: number): TaskFault[] {
  const path = `resources[${index}]`;
  const name = resource.name ?? "";
  if (resource.type === "SCALAR" && resource.scalar === undefined) {
    return [{ path, message: `${name} is SCALAR and has no scalar; write {"scalar": {"value": 1}}` }];
  }
  if (resource.type === "RANGES" && resource.ranges === undefined) {
    return [
      { path, message: `${name} is RANGES and has no ranges; write {"ranges": {"range": [{"begin": 1, "end": 2}]}}` },
    ];
  }
  return (resource.ranges?.range ?? []).flatMap(({ begin = 0n, end = 0n }, at) =>
    begin > end
      ? [{ path: `${path}.ranges.range[${at}]`, message: `begins at ${begin}, after its end ${end}; swap the two` }]
      : [],
  );
}
