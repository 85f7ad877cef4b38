import { readFile } from "node:fs/promises";

/**
 * SIGKILL to a container's first process, past an engine that does not act. Only when the process stands in a control group of that
 * container on this very host: a number alone may belong to anybody by now.
 */
export async function killHostProcess(pid: number, engineId: string): Promise<boolean> {
  if (pid <= 1 || engineId === "") return false;
  try {
    const groups = await readFile(`/proc/${pid}/cgroup`, "utf8");
    if (!groups.includes(engineId)) return false;
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
