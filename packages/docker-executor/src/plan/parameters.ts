import type { ContainerCreateBody } from "@berth/engine-client";
import { type ParsedRunOptions, parseRunOptions } from "@berth/docker-run-options";
import type { Resource, TaskInfo } from "@berth/proto/v1";
import { reservedVariables } from "./environment.ts";
import type { FaultSink } from "./fault-sink.ts";
import { mergeBody } from "./merge-body.ts";
import { checkPublished } from "./ports.ts";
import type { ResourcePart } from "./resources.ts";
import { repeatedTargets } from "./volumes.ts";

const path = "container.docker.parameters";

/** `DockerInfo.parameters`, parsed; undefined when any of them is at fault. */
export function readParameters(
  task: TaskInfo,
  context: { readonly network: string; readonly apiVersion: string | undefined },
  sink: FaultSink,
): ParsedRunOptions | undefined {
  const parameters = (task.container?.docker?.parameters ?? []).map(({ key, value }) => ({
    key: key ?? "",
    value: value ?? "",
  }));
  if (parameters.length === 0) return undefined;
  const result = parseRunOptions(parameters, context);
  if (result.ok) {
    for (const warning of result.options.warnings) sink.warn(warning);
    return result.options;
  }
  for (const fault of result.faults) sink.fault(`${path}[${fault.index}]`, fault.message);
  return undefined;
}

/** The request with the parameters in it. What contradicts the fields that the agent answers for is a fault. */
export function mergeParameters(
  base: ContainerCreateBody,
  options: ParsedRunOptions | undefined,
  resources: readonly Resource[],
  sink: FaultSink,
): ContainerCreateBody {
  if (options === undefined) return base;
  const extra = options.body;
  checkResourceOptions(base.HostConfig ?? {}, extra, sink);
  checkPublished(extra.HostConfig?.PortBindings, resources, sink);
  if (extra.HostConfig?.PublishAllPorts === true) {
    sink.warn("the engine chooses the host ports of publish-all; they are not the task's ports");
  }
  for (const entry of extra.Env ?? []) {
    const [name = ""] = entry.split("=", 1);
    if ((reservedVariables as readonly string[]).includes(name))
      sink.fault(path, `env ${name} is set by the agent; leave it out`);
  }
  const merged = mergeBody(base, extra);
  if (hasPorts(extra) && isPortless(merged.HostConfig?.NetworkMode)) {
    sink.fault(path, `publish cannot work with the network ${merged.HostConfig?.NetworkMode}; use BRIDGE or USER`);
  }
  for (const target of repeatedTargets(merged.HostConfig ?? {})) sink.fault(path, `${target} is mounted twice`);
  return merged;
}

function checkResourceOptions(own: ResourcePart, extra: Partial<ContainerCreateBody>, sink: FaultSink): void {
  const asked = extra.HostConfig ?? {};
  if (own.Memory !== undefined && asked.Memory !== undefined && (asked.Memory <= 0 || asked.Memory > own.Memory)) {
    sink.fault(
      path,
      `memory asks for more than the task's own ${own.Memory} bytes; raise the mem resource or limits.mem`,
    );
  }
  if (own.CpuShares !== undefined && asked.CpuShares !== undefined && asked.CpuShares > own.CpuShares) {
    sink.fault(path, `cpu-shares asks for more than the task's own ${own.CpuShares}; raise the cpus resource`);
  }
  if (own.CpuQuota === undefined) return;
  if (asked.NanoCpus !== undefined)
    sink.fault(path, "cpus cannot stand beside the task's own cpu limit; set limits.cpus");
  if (asked.CpuPeriod !== undefined)
    sink.fault(path, "cpu-period would change the meaning of the task's own cpu limit; set limits.cpus");
  if (asked.CpuQuota !== undefined && (asked.CpuQuota <= 0 || asked.CpuQuota > own.CpuQuota)) {
    sink.fault(path, `cpu-quota asks for more than the task's own ${own.CpuQuota} microseconds; set limits.cpus`);
  }
}

function hasPorts(body: Partial<ContainerCreateBody>): boolean {
  return Object.keys(body.HostConfig?.PortBindings ?? {}).length > 0;
}

function isPortless(networkMode: string | undefined): boolean {
  return networkMode === "host" || networkMode === "none" || networkMode?.startsWith("container:") === true;
}
