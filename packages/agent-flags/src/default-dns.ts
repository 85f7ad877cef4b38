import { FlagFault } from "./fault.ts";

/** An entry of the `docker` part of `--default_container_dns`. */
export interface DefaultContainerDns {
  readonly networkMode: "BRIDGE" | "USER";
  readonly networkName?: string | undefined;
  readonly nameservers?: readonly string[] | undefined;
  readonly search?: readonly string[] | undefined;
  readonly options?: readonly string[] | undefined;
}

/** Throws FlagFault for what the original refuses: other modes, and two entries for one network. */
export function parseDefaultDns(text: string): readonly DefaultContainerDns[] {
  const { docker = [] } = JSON.parse(text) as { docker?: unknown };
  if (!Array.isArray(docker)) throw fault("docker must be a list");
  const entries = docker.map(entryOf);
  const networks = entries.map(({ networkMode, networkName }) => `${networkMode} ${networkName ?? ""}`.trim());
  const twice = networks.find((network, index) => networks.indexOf(network) !== index);
  if (twice !== undefined) throw fault(`two entries for the network ${twice}`);
  return entries;
}

function entryOf(value: unknown): DefaultContainerDns {
  const { network_mode: mode, network_name: name, dns } = (value ?? {}) as Record<string, unknown>;
  if (mode !== "BRIDGE" && mode !== "USER") throw fault("network_mode must be BRIDGE or USER");
  if (name !== undefined && typeof name !== "string") throw fault("network_name must be a string");
  if (typeof dns !== "object" || dns === null) throw fault("each entry needs dns");
  const { nameservers, search, options } = dns as Record<string, unknown>;
  return {
    networkMode: mode,
    // A bridge has one name in Docker: the entry is for all of them.
    networkName: mode === "USER" ? name : undefined,
    nameservers: strings("nameservers", nameservers),
    search: strings("search", search),
    options: strings("options", options),
  };
}

function strings(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((each): each is string => typeof each === "string")) {
    throw fault(`${name} must be a list of strings`);
  }
  return value.length === 0 ? undefined : value;
}

function fault(message: string): FlagFault {
  return new FlagFault(`--default_container_dns: ${message}`);
}
