import type { CgroupUsage } from "@berth/cgroups";
import type { HostConfig } from "@berth/engine-client";
import type { ResourceAmounts } from "./resource-amounts.ts";

/**
 * The body of the engine's update call. The hard memory limit goes down only when what the container cannot give back fits below
 * it: cgroup v2 would kill the container on the spot, v1 would refuse. Until then it stays, and the next update tries again.
 */
export function updateBody(
  amounts: ResourceAmounts,
  context: {
    readonly currentMemoryHardBytes: number | undefined;
    readonly usage: CgroupUsage | undefined;
    readonly hostMemoryBytes: number;
  },
): HostConfig {
  const body: HostConfig = {};
  if (amounts.cpuShares !== undefined) body.CpuShares = amounts.cpuShares;
  if (amounts.cpuQuotaMicroseconds !== undefined && amounts.cpuPeriodMicroseconds !== undefined) {
    body.CpuPeriod = amounts.cpuPeriodMicroseconds;
    body.CpuQuota = amounts.cpuQuotaMicroseconds === Infinity ? -1 : amounts.cpuQuotaMicroseconds;
  }
  const hard = amounts.memoryHardBytes;
  const raised = hard !== undefined && hard >= (context.currentMemoryHardBytes ?? Infinity);
  const applies = hard !== undefined && (raised || fits(hard, context.usage));
  if (applies) {
    // The engine has no word for "no limit" in an update: what the machine has is as good. Swap follows the engine's own rule at
    // create; it refuses a swap limit that the memory limit has overtaken, and passes no -1 on.
    const bytes = hard === Infinity ? context.hostMemoryBytes : hard;
    body.Memory = bytes;
    body.MemorySwap = bytes * 2;
  }
  const soft = amounts.memorySoftBytes;
  if (soft !== undefined && soft !== Infinity) body.MemoryReservation = soft;
  return body;
}

/** Anonymous and shared memory cannot be dropped (a database in /dev/shm is no cache); the page cache shrinks by itself. */
function fits(limitBytes: number, usage: CgroupUsage | undefined): boolean {
  const anonymous = usage?.memAnonBytes ?? usage?.memRssBytes;
  const unreclaimable = anonymous === undefined ? usage?.memTotalBytes : anonymous + (usage?.memShmemBytes ?? 0);
  return unreclaimable !== undefined && unreclaimable <= limitBytes;
}
