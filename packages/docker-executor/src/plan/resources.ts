import type { HostConfig } from "@berth/engine-client";
import type { Resource, TaskInfo } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

const mebibyte = 1024 * 1024;
const minMemoryBytes = 32 * mebibyte;
const cfsPeriodMicroseconds = 100_000;
/** More than any machine has. The engine's own figures, in bytes and shares, must stay whole numbers. */
const largestAmount = 1e9;

export interface ResourceSettings {
  /** Give each task a quota from its request even without a limit (agent flag `cgroups_enable_cfs`). */
  readonly cgroupsEnableCfs: boolean;
  /** Memory of the engine's host, for the OOM score of tasks with a limit above their request. */
  readonly hostMemoryBytes: number;
}

export type ResourcePart = Pick<HostConfig, "CpuShares" | "CpuQuota" | "Memory" | "MemoryReservation" | "OomScoreAdj">;

/** Requests and limits as `docker run` options. Source: section 2.10 of the specification. */
export function planResources(task: TaskInfo, settings: ResourceSettings, sink: FaultSink): ResourcePart {
  const resources = task.resources ?? [];
  checkResources(resources, sink);
  const cpus = scalarSum(resources, "cpus");
  const megabytes = scalarSum(resources, "mem");
  const cpusLimit = limitOf(task, "cpus", cpus, sink);
  const memoryLimit = limitOf(task, "mem", megabytes, sink);
  for (const name of Object.keys(task.limits ?? {})) {
    if (name !== "cpus" && name !== "mem") sink.fault(`limits.${name}`, "cannot be limited; only cpus and mem can");
  }
  const part: ResourcePart = {};
  if (cpus !== undefined) part.CpuShares = Math.max(Math.floor(1024 * cpus), 2);
  const quotaCpus = cpusLimit ?? (settings.cgroupsEnableCfs ? cpus : undefined);
  if (quotaCpus !== undefined && quotaCpus !== Number.POSITIVE_INFINITY) {
    part.CpuQuota = Math.max(Math.floor(cfsPeriodMicroseconds * quotaCpus), 1_000);
  }
  const request = bytesOf(megabytes);
  if (memoryLimit === undefined) {
    if (request !== undefined) part.Memory = request;
    return part;
  }
  if (memoryLimit !== Number.POSITIVE_INFINITY) part.Memory = bytesOf(memoryLimit) ?? minMemoryBytes;
  if (request !== undefined) {
    part.MemoryReservation = request;
    if (memoryLimit > (megabytes ?? 0)) {
      // The kernel's floor; a request of more than twice the host's memory would fall below it.
      part.OomScoreAdj = Math.max(-1000, 1000 - Math.trunc((1000 * request) / settings.hostMemoryBytes));
    }
  }
  return part;
}

/** The sum of the scalars of that name, to the three digits that Mesos counts; undefined when there is none. */
function scalarSum(resources: readonly Resource[], name: string): number | undefined {
  const amounts = resources.flatMap((resource) => (resource.name === name ? [resource.scalar?.value ?? 0] : []));
  if (amounts.length === 0) return undefined;
  return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 1000) / 1000;
}

function limitOf(
  task: TaskInfo,
  name: "cpus" | "mem",
  request: number | undefined,
  sink: FaultSink,
): number | undefined {
  const scalar = task.limits?.[name];
  if (scalar === undefined) return undefined;
  const limit = scalar.value ?? Number.NaN;
  if (Number.isNaN(limit)) sink.fault(`limits.${name}`, "has no value; give a number or Infinity");
  else if (request === undefined) sink.fault(`limits.${name}`, `needs a ${name} resource beside it`);
  else if (limit > largestAmount && limit !== Number.POSITIVE_INFINITY)
    sink.fault(`limits.${name}`, `${limit} is more than any machine has; write Infinity for no limit`);
  else if (limit < request)
    sink.fault(`limits.${name}`, `${limit} is below the requested ${request}; raise it or request less`);
  return limit;
}

function bytesOf(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : Math.max(Math.trunc(megabytes) * mebibyte, minMemoryBytes);
}

function checkResources(resources: readonly Resource[], sink: FaultSink): void {
  for (const [index, resource] of resources.entries()) {
    const path = `resources[${index}]`;
    const amount = resource.scalar?.value;
    if (amount !== undefined && !(amount >= 0 && amount < Number.POSITIVE_INFINITY)) {
      sink.fault(`${path}.scalar.value`, `${amount} is no amount; give a number that is not negative`);
    } else if ((resource.name === "cpus" || resource.name === "mem") && (amount ?? 0) > largestAmount) {
      sink.fault(`${path}.scalar.value`, `${amount} is more than any machine has; mem counts megabytes`);
    }
    if (resource.disk?.persistence !== undefined || resource.disk?.volume !== undefined) {
      sink.fault(`${path}.disk`, "persistent volumes are not supported yet; leave the volume out");
    } else if (resource.disk?.source !== undefined) {
      sink.fault(`${path}.disk.source`, "disks of their own are not supported yet; use plain disk");
    }
    if (resource.name === "gpus" && (amount ?? 0) > 0) {
      sink.fault(
        path,
        "gpus are not supported with Docker containers; the parameter `gpus` hands out devices without accounting",
      );
    }
  }
}
