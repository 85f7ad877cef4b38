import type { CgroupUsage } from "@berth/cgroups";
import type { Resource, ResourceStatistics } from "@berth/proto/v1";
import { amountOf, type Limits, resourceAmounts } from "./resource-amounts.ts";

/** What stands in for a limit of Infinity. */
export interface HostCapacity {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/**
 * The statistics of a container. Limits are those of the container itself: the original takes off 0.1 cpus and 32 MB for an executor
 * process, which does not exist here.
 */
export function resourceStatistics(
  usage: CgroupUsage,
  resources: readonly Resource[],
  limits: Limits,
  context: { readonly nowMs: number; readonly cfs: boolean; readonly host: HostCapacity },
): ResourceStatistics {
  const { memorySoftBytes, memoryHardBytes } = resourceAmounts(resources, limits, context);
  const cpus = amountOf(resources, "cpus");
  const cpusLimit = limits?.["cpus"]?.value ?? (context.cfs ? cpus : undefined);
  const bytes = (value: number | undefined) => (value === undefined ? undefined : BigInt(Math.trunc(value)));
  const statistics: ResourceStatistics = {
    timestamp: context.nowMs / 1000,
    processes: usage.processes,
    cpusUserTimeSecs: usage.cpusUserTimeSecs,
    cpusSystemTimeSecs: usage.cpusSystemTimeSecs,
    cpusNrPeriods: usage.cpusNrPeriods,
    cpusNrThrottled: usage.cpusNrThrottled,
    cpusThrottledTimeSecs: usage.cpusThrottledTimeSecs,
    cpusSoftLimit: cpus,
    cpusLimit: cpusLimit === Infinity ? context.host.cpus : cpusLimit,
    memRssBytes: bytes(usage.memRssBytes),
    memTotalBytes: bytes(usage.memTotalBytes),
    memFileBytes: bytes(usage.memFileBytes),
    memAnonBytes: bytes(usage.memAnonBytes),
    memSwapBytes: bytes(usage.memSwapBytes),
    memLimitBytes: bytes(memoryHardBytes === Infinity ? context.host.memoryBytes : memoryHardBytes),
    // As with the original: a soft limit is told only beside a hard one of its own.
    memSoftLimitBytes: limits?.["mem"] === undefined ? undefined : bytes(memorySoftBytes),
  };
  return withoutUnset(statistics);
}

/** What could not be read is absent, not a key that holds undefined. */
function withoutUnset(statistics: ResourceStatistics): ResourceStatistics {
  return Object.fromEntries(Object.entries(statistics).filter(([, value]) => value !== undefined));
}
