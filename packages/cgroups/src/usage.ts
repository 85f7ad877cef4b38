import type { CgroupUsage, MemoryEvidence } from "./cgroup-reader.ts";
import { parseCount, parseFlatKeyed } from "./parse.ts";

/** The text of files of a group by name; what could not be read is undefined. */
export type GroupFiles<Name extends string> = Readonly<Record<Name, string | undefined>>;

/** Ticks a second in cpuacct.stat: USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

export const usageFilesV1 = {
  cpu: ["cpu.stat"],
  cpuacct: ["cpuacct.stat"],
  memory: ["memory.stat", "memory.usage_in_bytes"],
} as const;
export const usageFilesV2 = ["cpu.stat", "memory.stat", "memory.current", "memory.swap.current"] as const;
export const memoryFilesV1 = ["memory.oom_control", "memory.max_usage_in_bytes", "memory.limit_in_bytes"] as const;
export const memoryFilesV2 = ["memory.events", "memory.peak", "memory.max"] as const;

/** Children are counted in, as they are in the kernel's limit. Source: Documentation/admin-guide/cgroup-v1 of Linux. */
export function usageV1(
  files: GroupFiles<"cpu.stat" | "cpuacct.stat" | "memory.stat" | "memory.usage_in_bytes">,
): CgroupUsage {
  const cpu = parseFlatKeyed(files["cpu.stat"] ?? "");
  const account = parseFlatKeyed(files["cpuacct.stat"] ?? "");
  const memory = parseFlatKeyed(files["memory.stat"] ?? "");
  const rss = memory.get("total_rss") ?? memory.get("rss");
  return present({
    cpusUserTimeSecs: scaled(account.get("user"), ticksPerSecond),
    cpusSystemTimeSecs: scaled(account.get("system"), ticksPerSecond),
    cpusNrPeriods: cpu.get("nr_periods"),
    cpusNrThrottled: cpu.get("nr_throttled"),
    cpusThrottledTimeSecs: scaled(cpu.get("throttled_time"), 1e9),
    memRssBytes: rss,
    memAnonBytes: rss,
    memFileBytes: memory.get("total_cache") ?? memory.get("cache"),
    memShmemBytes: memory.get("total_shmem") ?? memory.get("shmem"),
    memSwapBytes: memory.get("total_swap") ?? memory.get("swap"),
    memTotalBytes: parseCount(files["memory.usage_in_bytes"]),
  });
}

/** Source: Documentation/admin-guide/cgroup-v2 of Linux. v2 has no number called rss: anonymous memory is what v1 means by it. */
export function usageV2(files: GroupFiles<(typeof usageFilesV2)[number]>): CgroupUsage {
  const cpu = parseFlatKeyed(files["cpu.stat"] ?? "");
  const memory = parseFlatKeyed(files["memory.stat"] ?? "");
  return present({
    cpusUserTimeSecs: scaled(cpu.get("user_usec"), 1e6),
    cpusSystemTimeSecs: scaled(cpu.get("system_usec"), 1e6),
    cpusNrPeriods: cpu.get("nr_periods"),
    cpusNrThrottled: cpu.get("nr_throttled"),
    cpusThrottledTimeSecs: scaled(cpu.get("throttled_usec"), 1e6),
    memRssBytes: memory.get("anon"),
    memAnonBytes: memory.get("anon"),
    memFileBytes: memory.get("file"),
    memShmemBytes: memory.get("shmem"),
    memSwapBytes: parseCount(files["memory.swap.current"]),
    memTotalBytes: parseCount(files["memory.current"]),
  });
}

/** `oom_kill` is counted from Linux 4.13 on; before, the file says only whether the group stands still for lack of memory. */
export function memoryEvidenceV1(files: GroupFiles<(typeof memoryFilesV1)[number]>): MemoryEvidence {
  return present({
    oomKills: parseFlatKeyed(files["memory.oom_control"] ?? "").get("oom_kill"),
    peakBytes: parseCount(files["memory.max_usage_in_bytes"]),
    limitBytes: parseCount(files["memory.limit_in_bytes"]),
  });
}

/** `memory.peak` exists from Linux 5.19 on. */
export function memoryEvidenceV2(files: GroupFiles<(typeof memoryFilesV2)[number]>): MemoryEvidence {
  return present({
    oomKills: parseFlatKeyed(files["memory.events"] ?? "").get("oom_kill"),
    peakBytes: parseCount(files["memory.peak"]),
    limitBytes: parseCount(files["memory.max"]),
  });
}

function scaled(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value / unit;
}

function present<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
