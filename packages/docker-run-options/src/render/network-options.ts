import type { ContainerCreateBody, EndpointSettings } from "@berth/engine-client";
import { csvText } from "./csv-text.ts";
import { expressed, inexpressible, join, option, type Rendered, repeated, word } from "./option-text.ts";

/**
 * The networks of a request. The first one's settings are options of their own, since the csv form puts all in lower case;
 * that form serves further networks and what has no option of its own.
 */
export function renderNetworks(body: ContainerCreateBody): Rendered {
  const mode = body.HostConfig?.NetworkMode ?? "";
  const endpoints = body.NetworkingConfig?.EndpointsConfig ?? {};
  const first = mode === "" ? "default" : mode;
  const settings = endpoints[first] ?? {};
  const links = [...new Set([...(body.HostConfig?.Links ?? []), ...(settings.Links ?? [])])];
  const mac = settings.MacAddress ?? body.MacAddress ?? "";
  const further = Object.entries(endpoints).filter(([name]) => name !== first);
  const { DriverOpts: driverOptions = {}, GwPriority: priority = 0 } = settings;
  const needsCsv = Object.keys(driverOptions).length > 0 || priority !== 0;
  return join([
    mode === ""
      ? expressed([])
      : needsCsv
        ? csvNetwork(mode, { DriverOpts: driverOptions, GwPriority: priority })
        : plainNetwork(mode),
    mode === "" && needsCsv ? inexpressible("NetworkingConfig") : expressed([]),
    expressed([
      ...repeated("network-alias", settings.Aliases ?? []),
      ...word("ip", settings.IPAMConfig?.IPv4Address ?? ""),
      ...word("ip6", settings.IPAMConfig?.IPv6Address ?? ""),
      ...repeated("link-local-ip", settings.IPAMConfig?.LinkLocalIPs ?? []),
      ...word("mac-address", mac),
      ...repeated("link", links),
    ]),
    ...further.map(([name, endpoint]) =>
      (endpoint.Links ?? []).length > 0
        ? inexpressible(`NetworkingConfig.EndpointsConfig.${name}`)
        : csvNetwork(name, endpoint),
    ),
  ]);
}

function plainNetwork(name: string): Rendered {
  // A name of this form would be read as csv.
  return /\w=\w/.test(name) ? csvNetwork(name, {}) : expressed([option("network", name)]);
}

function csvNetwork(name: string, endpoint: EndpointSettings): Rendered {
  const fields = [
    `name=${name}`,
    ...(endpoint.Aliases ?? []).map((alias) => `alias=${alias}`),
    ...(endpoint.IPAMConfig?.IPv4Address === undefined ? [] : [`ip=${endpoint.IPAMConfig.IPv4Address}`]),
    ...(endpoint.IPAMConfig?.IPv6Address === undefined ? [] : [`ip6=${endpoint.IPAMConfig.IPv6Address}`]),
    ...(endpoint.IPAMConfig?.LinkLocalIPs ?? []).map((address) => `link-local-ip=${address}`),
    ...(endpoint.MacAddress === undefined ? [] : [`mac-address=${endpoint.MacAddress}`]),
    ...Object.entries(endpoint.DriverOpts ?? {}).map(([key, value]) => `driver-opt=${key}=${value}`),
    ...((endpoint.GwPriority ?? 0) === 0 ? [] : [`gw-priority=${endpoint.GwPriority}`]),
  ];
  if (fields.length === 1 && !/\w=\w/.test(name)) return expressed([option("network", name)]);
  const text = csvText(fields);
  // The client would put capitals in lower case, and so name another network.
  return text === text.toLowerCase()
    ? expressed([option("network", text)])
    : inexpressible(`NetworkingConfig.EndpointsConfig.${name}`);
}
