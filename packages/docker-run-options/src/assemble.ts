import type { ContainerCreateBody, EndpointSettings, HealthcheckConfig, HostConfig } from "@berth/engine-client";
import { apiAtLeast, requireApi } from "./api-version.ts";
import type { RunOptionsDraft } from "./draft.ts";
import { conflict } from "./errors.ts";
import { createAttachment, isUserDefined, type NetworkAttachment } from "./values/network.ts";
import { putEntry } from "./values/put-entry.ts";

/** Makes the request of a draft. `network` is the container's when no option names one. Throws the conflict it finds. */
export function assemble(draft: RunOptionsDraft, network: string): Partial<ContainerCreateBody> {
  const config = { ...draft.config };
  const host: HostConfig = { ...draft.host };
  if (draft.environment.size > 0) config.Env = [...draft.environment].map(([name, value]) => `${name}=${value}`);
  const health = assembleHealth(draft);
  if (health) config.Healthcheck = health;
  if (host.CapAdd) host.CapAdd = normalizeCapabilities(host.CapAdd);
  if (host.CapDrop) host.CapDrop = normalizeCapabilities(host.CapDrop);
  if (draft.ulimits.size > 0)
    host.Ulimits = [...draft.ulimits.values()].sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0));
  if (draft.cdiDevices.length > 0)
    host.DeviceRequests = [...(host.DeviceRequests ?? []), { Driver: "cdi", DeviceIDs: draft.cdiDevices }];
  if (draft.networks[0]) host.NetworkMode = draft.networks[0].name;
  const { endpoints, containerMac } = assembleNetworks(draft, network);
  if (containerMac !== undefined) config.MacAddress = containerMac;
  return {
    ...config,
    ...(Object.keys(host).length > 0 && { HostConfig: host }),
    ...(Object.keys(endpoints).length > 0 && { NetworkingConfig: { EndpointsConfig: endpoints } }),
  };
}

/** As the client sends them: upper case, with the CAP_ prefix, each once, sorted. */
export function normalizeCapabilities(names: readonly string[]): string[] {
  const full = names.map((name) => {
    const upper = name.toUpperCase();
    return upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  });
  return [...new Set(full)].sort();
}

function assembleHealth(draft: RunOptionsDraft): HealthcheckConfig | undefined {
  // Zero means unset to the client, so that an interval of 0 alone asks for nothing.
  const settings = Object.fromEntries(Object.entries(draft.health).filter(([, value]) => value !== 0));
  const hasSettings = draft.healthCommand !== "" || Object.keys(settings).length > 0;
  if (draft.noHealthcheck) {
    if (hasSettings)
      throw conflict("no-healthcheck does not go with health-* options; leave one of them out", ["no-healthcheck"]);
    return { Test: ["NONE"] };
  }
  if (!hasSettings) return undefined;
  return { ...(draft.healthCommand !== "" && { Test: ["CMD-SHELL", draft.healthCommand] }), ...settings };
}

interface AssembledNetworks {
  readonly endpoints: Record<string, EndpointSettings>;
  /** The first network's address, for engines that know it only as the container's. */
  readonly containerMac: string | undefined;
}

function assembleNetworks(draft: RunOptionsDraft, network: string): AssembledNetworks {
  const [first = createAttachment(network), ...rest] = draft.networks;
  const attachments = [withContainerOptions(first, draft), ...rest];
  const kinds = new Set(attachments.map(({ name }) => isUserDefined(name)));
  if (kinds.size > 1)
    throw conflict("networks that were created do not go together with bridge, host, none or container:", ["network"]);
  if (rest.length > 0) requireApi(draft.apiVersion, "1.44", "more than one network", ["network"]);
  const endpointMacs = apiAtLeast(draft.apiVersion, "1.44");
  const endpoints: Record<string, EndpointSettings> = {};
  for (const attachment of attachments) {
    if (Object.hasOwn(endpoints, attachment.name))
      throw conflict(`the network "${attachment.name}" is given twice`, ["network"]);
    const settings = toEndpoint(attachment, endpointMacs);
    // One network without settings needs no entry; the engine makes it from NetworkMode.
    if (attachments.length > 1 || Object.keys(settings).length > 0) putEntry(endpoints, attachment.name, settings);
  }
  return { endpoints, containerMac: endpointMacs ? undefined : attachments[0]?.macAddress };
}

/** Puts `--ip`, `--network-alias` and the like on the first network, unless its own csv form already says the same. */
function withContainerOptions(
  first: NetworkAttachment,
  { endpoint, host, networks }: RunOptionsDraft,
): NetworkAttachment {
  if (networks.length > 0) {
    const twice: readonly [boolean, string][] = [
      [first.aliases.length > 0 && endpoint.aliases.length > 0, "network-alias"],
      [first.ip !== undefined && endpoint.ip !== undefined, "ip"],
      [first.ip6 !== undefined && endpoint.ip6 !== undefined, "ip6"],
      [first.macAddress !== undefined && endpoint.macAddress !== undefined, "mac-address"],
      [first.linkLocalIps.length > 0 && endpoint.linkLocalIps.length > 0, "link-local-ip"],
    ];
    for (const [clashes, name] of twice)
      if (clashes)
        throw conflict(`${name} is given both by itself and inside network; leave one of them out`, [name, "network"]);
  }
  const { name: _name, ...options } = endpoint;
  return {
    ...first,
    ...options,
    aliases: [...first.aliases, ...endpoint.aliases],
    linkLocalIps: [...first.linkLocalIps, ...endpoint.linkLocalIps],
    driverOptions: first.driverOptions,
    // On the default bridge a link is a setting of the host's, on a network of one's own it is an alias there.
    links: isUserDefined(first.name) ? [...(host.Links ?? [])] : [],
  };
}

function toEndpoint(attachment: NetworkAttachment, endpointMacs: boolean): EndpointSettings {
  const { name, aliases, links, linkLocalIps, driverOptions, ip, ip6, macAddress, gatewayPriority } = attachment;
  if (!isUserDefined(name) && aliases.length > 0)
    throw conflict(`network aliases need a network that was created, and the container's is "${name}"`, [
      "network-alias",
      "network",
    ]);
  const ipam = {
    ...(ip !== undefined && { IPv4Address: ip }),
    ...(ip6 !== undefined && { IPv6Address: ip6 }),
    ...(linkLocalIps.length > 0 && { LinkLocalIPs: linkLocalIps }),
  };
  return {
    ...(Object.keys(ipam).length > 0 && { IPAMConfig: ipam }),
    ...(links.length > 0 && { Links: links }),
    ...(aliases.length > 0 && { Aliases: aliases }),
    ...(macAddress !== undefined && endpointMacs && { MacAddress: macAddress }),
    ...(Object.keys(driverOptions).length > 0 && { DriverOpts: driverOptions }),
    ...(gatewayPriority !== undefined && gatewayPriority !== 0 && { GwPriority: gatewayPriority }),
  };
}
