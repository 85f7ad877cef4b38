/** Where a process stands in the hierarchies, absolute paths on this host. */
export type CgroupLocation =
  | { readonly version: 2; readonly unified: string }
  | {
      readonly version: 1;
      readonly cpu: string | undefined;
      readonly cpuacct: string | undefined;
      readonly memory: string | undefined;
      readonly pids: string | undefined;
    };

/** Usage as the kernel counts it. What could not be read is absent, never zero. */
export interface CgroupUsage {
  readonly cpusUserTimeSecs?: number;
  readonly cpusSystemTimeSecs?: number;
  readonly cpusNrPeriods?: number;
  readonly cpusNrThrottled?: number;
  readonly cpusThrottledTimeSecs?: number;
  readonly memRssBytes?: number;
  readonly memTotalBytes?: number;
  readonly memFileBytes?: number;
  readonly memAnonBytes?: number;
  /** tmpfs and shared memory: counted in `memFileBytes`, but not to be dropped like a page cache. */
  readonly memShmemBytes?: number;
  readonly memSwapBytes?: number;
  readonly processes?: number;
}

/** What the kernel knows of a memory limit that was hit. */
export interface MemoryEvidence {
  /** Processes killed by the OOM killer in this cgroup, since its creation. */
  readonly oomKills?: number;
  readonly peakBytes?: number;
  readonly limitBytes?: number;
}

export interface CgroupReader {
  /** Undefined when the process is gone, is a zombie or stands in the root group. */
  locate(pid: number): Promise<CgroupLocation | undefined>;
  /** Undefined when the group is gone. */
  usage(location: CgroupLocation): Promise<CgroupUsage | undefined>;
  memoryEvidence(location: CgroupLocation): Promise<MemoryEvidence | undefined>;
}
