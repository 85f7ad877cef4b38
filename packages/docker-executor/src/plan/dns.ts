import type { HostConfig } from "@berth/engine-client";
import type { ContainerInfo_DockerInfo_Network } from "@berth/proto/v1";

/** One entry of the agent flag `default_container_dns`, its `docker` part. */
export interface DefaultDns {
  readonly networkMode: "BRIDGE" | "USER";
  /** USER only: the network this entry is for; absent for all that have none of their own. */
  readonly networkName?: string | undefined;
  readonly nameservers?: readonly string[] | undefined;
  readonly search?: readonly string[] | undefined;
  readonly options?: readonly string[] | undefined;
}

const dnsKeys = new Set(["dns", "dns-search", "dns-opt", "dns-option"]);

/** The default DNS of the task's network, unless a parameter speaks of DNS. `networkMode` is the one that takes effect. */
export function planDns(
  task: {
    readonly network: ContainerInfo_DockerInfo_Network;
    readonly networkMode: string;
    readonly parameterKeys: readonly string[];
  },
  defaults: readonly DefaultDns[],
): Pick<HostConfig, "Dns" | "DnsSearch" | "DnsOptions"> {
  if (task.parameterKeys.some((key) => dnsKeys.has(key))) return {};
  const candidates = defaults.filter((entry) => entry.networkMode === task.network);
  const entry =
    task.network === "USER"
      ? (candidates.find((candidate) => candidate.networkName === task.networkMode) ??
        candidates.find((candidate) => candidate.networkName === undefined))
      : candidates[0];
  if (entry === undefined) return {};
  return {
    ...(entry.nameservers !== undefined && { Dns: [...entry.nameservers] }),
    ...(entry.search !== undefined && { DnsSearch: [...entry.search] }),
    ...(entry.options !== undefined && { DnsOptions: [...entry.options] }),
  };
}
