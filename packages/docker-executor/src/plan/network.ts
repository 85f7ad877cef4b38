import type { ContainerCreateBody } from "@berth/engine-client";
import type { ContainerInfo, NetworkInfo } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

export interface NetworkPart {
  readonly networkMode: string;
  readonly NetworkingConfig?: NonNullable<ContainerCreateBody["NetworkingConfig"]>;
}

/** The network that the task's own fields ask for. Unset means HOST, as declared in the protocol. */
export function planNetwork(container: ContainerInfo, sink: FaultSink): NetworkPart {
  const network = container.docker?.network ?? "HOST";
  const infos = container.networkInfos ?? [];
  for (const [index, info] of infos.entries())
    checkNetworkInfo(info, `container.network_infos[${index}]`, network, sink);
  if (network !== "USER" && infos.length > 1) sink.warn("of container.network_infos only the first is used");
  if (network !== "USER" && infos.some((info) => info.name !== undefined)) {
    sink.warn(`container.network_infos[].name has no effect with the network ${network}; it needs USER`);
  }
  switch (network) {
    case "HOST":
    case "BRIDGE":
    case "NONE":
      return { networkMode: network.toLowerCase() };
    case "USER":
      return planUserNetwork(infos, sink);
    case "UNRECOGNIZED":
      sink.fault("container.docker.network", "is not known; use HOST, BRIDGE, NONE or USER");
      return { networkMode: "none" };
  }
}

function planUserNetwork(infos: readonly NetworkInfo[], sink: FaultSink): NetworkPart {
  const [info, ...others] = infos;
  if (info === undefined) {
    sink.fault("container.network_infos", "is missing; with the network USER one entry names the network");
    return { networkMode: "none" };
  }
  if (others.length > 0)
    sink.fault("container.network_infos", "has more than one entry; a Docker container joins one network here");
  const name = info.name ?? "";
  if (name === "")
    sink.fault("container.network_infos[0].name", "is missing; with the network USER it names the Docker network");
  if (name === "host" || name === "none") {
    sink.fault(
      "container.network_infos[0].name",
      `${name} is no network of its own; set container.docker.network to ${name.toUpperCase()}`,
    );
  }
  if (name.startsWith("container:")) {
    sink.fault(
      "container.network_infos[0].name",
      "another container's network cannot be joined this way; name a Docker network",
    );
  }
  const config = addressConfig(info);
  return config === undefined
    ? { networkMode: name }
    : { networkMode: name, NetworkingConfig: { EndpointsConfig: { [name]: { IPAMConfig: config } } } };
}

function addressConfig(info: NetworkInfo): { IPv4Address?: string; IPv6Address?: string } | undefined {
  const config: { IPv4Address?: string; IPv6Address?: string } = {};
  for (const { ipAddress } of info.ipAddresses ?? []) {
    if (ipAddress === undefined) continue;
    if (ipAddress.includes(":")) config.IPv6Address ??= ipAddress;
    else config.IPv4Address ??= ipAddress;
  }
  return Object.keys(config).length === 0 ? undefined : config;
}

function checkNetworkInfo(info: NetworkInfo, path: string, network: string, sink: FaultSink): void {
  if ((info.portMappings ?? []).length > 0) {
    sink.fault(`${path}.port_mappings`, "belong to the mesos containerizer; use container.docker.port_mappings");
  }
  if ((info.groups ?? []).length > 0) sink.fault(`${path}.groups`, "Docker networks have no groups; leave them out");
  const fixed = (info.ipAddresses ?? []).filter((address) => address.ipAddress !== undefined);
  if (fixed.length > 0 && network !== "USER")
    sink.fault(`${path}.ip_addresses`, "fixed addresses need the network USER");
  if (new Set(fixed.map((address) => address.ipAddress?.includes(":"))).size < fixed.length) {
    sink.fault(`${path}.ip_addresses`, "at most one IPv4 and one IPv6 address can be given");
  }
}
