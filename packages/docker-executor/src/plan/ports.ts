import type { ContainerCreateBody, HostConfig, PortBinding } from "@berth/engine-client";
import type { ContainerInfo_DockerInfo, Resource } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

export interface PortsPart {
  readonly ExposedPorts?: NonNullable<ContainerCreateBody["ExposedPorts"]>;
  readonly PortBindings?: NonNullable<HostConfig["PortBindings"]>;
}

const protocols = new Set(["tcp", "udp", "sctp"]);

/** Port mappings, each host port inside the task's `ports`. `networkMode` is the one that takes effect. */
export function planPorts(
  docker: ContainerInfo_DockerInfo,
  resources: readonly Resource[],
  networkMode: string,
  sink: FaultSink,
): PortsPart {
  const mappings = docker.portMappings ?? [];
  if (mappings.length === 0) return {};
  const base = "container.docker.port_mappings";
  if (networkMode === "host" || networkMode === "none" || networkMode.startsWith("container:")) {
    sink.fault(base, `Port mappings are not supported with the network ${networkMode}; use BRIDGE or USER`);
  }
  const exposed: Record<string, Record<string, never>> = {};
  const bindings: Record<string, PortBinding[]> = {};
  const taken = new Set<string>();
  for (const [index, mapping] of mappings.entries()) {
    const path = `${base}[${index}]`;
    const protocol = (mapping.protocol ?? "tcp").toLowerCase();
    if (!protocols.has(protocol))
      sink.fault(`${path}.protocol`, `${JSON.stringify(mapping.protocol)} is not tcp, udp or sctp`);
    const containerPort = mapping.containerPort ?? 0;
    if (containerPort < 1 || containerPort > 65_535)
      sink.fault(`${path}.container_port`, `${containerPort} is no port; use 1 to 65535`);
    const hostPort = mapping.hostPort ?? 0;
    const fault = hostPortFault(hostPort, resources);
    if (fault !== undefined) sink.fault(`${path}.host_port`, fault);
    const host = `${hostPort}/${protocol}`;
    if (taken.has(host)) sink.fault(`${path}.host_port`, `${host} is mapped twice`);
    taken.add(host);
    const key = `${containerPort}/${protocol}`;
    exposed[key] = {};
    (bindings[key] ??= []).push({ HostIp: "", HostPort: String(hostPort) });
  }
  return { ExposedPorts: exposed, PortBindings: bindings };
}

/** Ports that `publish` parameters ask for stand under the same rule: a fixed host port must have been offered. */
export function checkPublished(
  bindings: HostConfig["PortBindings"],
  resources: readonly Resource[],
  sink: FaultSink,
): void {
  for (const [port, list] of Object.entries(bindings ?? {})) {
    for (const { HostPort } of list) {
      if (HostPort === undefined || HostPort === "" || HostPort === "0") {
        sink.warn(`the engine chooses the host port of ${port}; it is not one of the task's ports`);
        continue;
      }
      const [first = 0, last = first] = HostPort.split("-").map(Number);
      const fault = hostPortFault(first, resources) ?? hostPortFault(last, resources);
      if (fault !== undefined) sink.fault("container.docker.parameters", `publish ${HostPort}:${port}: ${fault}`);
    }
  }
}

function hostPortFault(port: number, resources: readonly Resource[]): string | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `${port} is no port; use one of the task's ports`;
  const ranges = resources.flatMap((resource) => (resource.name === "ports" ? (resource.ranges?.range ?? []) : []));
  if (ranges.length === 0) return "Port mappings require a ports resource in the task; add one that holds it";
  const inside = ranges.some(
    (range) => range.begin !== undefined && range.end !== undefined && range.begin <= port && port <= range.end,
  );
  if (inside) return undefined;
  const offered = ranges.map((range) => `${range.begin}-${range.end}`).join(", ");
  return `Port [${port}] not included in resources; the task's ports are ${offered}`;
}
