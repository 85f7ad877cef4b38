import type { CgroupLocation } from "./cgroup-reader.ts";
import { type CgroupMount, groupDirectory } from "./mountinfo.ts";
import type { ProcessCgroup } from "./proc-cgroup.ts";

const counted = ["cpu", "cpuacct", "memory", "pids"] as const;

/**
 * Where a process is counted. In a hybrid layout (v1 controllers beside a v2 tree without any) v1 counts. The root group is no
 * answer: its numbers are the whole machine's.
 */
export function locateGroups(
  groups: readonly ProcessCgroup[],
  mounts: readonly CgroupMount[],
): CgroupLocation | undefined {
  const has = (controller: string) => groups.find((one) => one.version === 1 && one.controllers.includes(controller));
  if (!counted.some((controller) => has(controller) !== undefined)) {
    const path = groups.find((one) => one.version === 2)?.path;
    const unified =
      path === undefined || path === "/"
        ? undefined
        : groupDirectory(
            mounts.filter((one) => one.version === 2),
            path,
          );
    return unified === undefined ? undefined : { version: 2, unified };
  }
  const directory = (controller: (typeof counted)[number]) => {
    const path = has(controller)?.path;
    if (path === undefined || path === "/") return undefined;
    return groupDirectory(
      mounts.filter((one) => one.controllers.includes(controller)),
      path,
    );
  };
  const location = {
    version: 1 as const,
    cpu: directory("cpu"),
    cpuacct: directory("cpuacct"),
    memory: directory("memory"),
    pids: directory("pids"),
  };
  return counted.some((controller) => location[controller] !== undefined) ? location : undefined;
}
