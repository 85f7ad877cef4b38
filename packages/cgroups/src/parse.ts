/** `key value` lines: cpu.stat, memory.stat, memory.events, memory.oom_control. What is no number is left out. */
export function parseFlatKeyed(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [key, value] = line.trim().split(/\s+/);
    const number = parseCount(value);
    if (key !== undefined && number !== undefined) values.set(key, number);
  }
  return values;
}

/** One number; `undefined` for `max`, for v1's way to say "no limit" (the largest page-aligned count) and for anything else. */
export function parseCount(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? "";
  if (!/^\d+$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value >= 2 ** 62 ? undefined : value;
}

/** Number of pids in cgroup.procs. */
export function countLines(text: string): number {
  return text.split("\n").filter((line) => line.trim() !== "").length;
}

/** The state letter of /proc/<pid>/stat. The command before it may hold spaces and brackets, so the last bracket counts. */
export function processState(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(")") + 1).trim()[0];
}
