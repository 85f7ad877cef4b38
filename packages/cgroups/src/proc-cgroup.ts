/** One line of /proc/<pid>/cgroup. The v2 hierarchy has no controllers of its own there. */
export interface ProcessCgroup {
  readonly version: 1 | 2;
  /** `["cpu", "cpuacct"]`, `["name=systemd"]`. */
  readonly controllers: readonly string[];
  /** As seen from this process's cgroup namespace; `/` is the root group. */
  readonly path: string;
}

/** Lines are `id:controllers:path`; the path may hold colons. Source: cgroups(7). */
export function parseProcessCgroups(text: string): readonly ProcessCgroup[] {
  const found: ProcessCgroup[] = [];
  for (const line of text.split("\n")) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, id, controllers = "", path = ""] = match;
    if (controllers === "") {
      if (id === "0") found.push({ version: 2, controllers: [], path });
    } else {
      found.push({ version: 1, controllers: controllers.split(","), path });
    }
  }
  return found;
}
