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

/** The default DNS of a task's network; for options of its own the caller leaves it out. `networkMode` is the one in effect. */
export function planDns(
  network: ContainerInfo_DockerInfo_Network,
  networkMode: string,
  defaults: readonly DefaultDns[],
): Pick<HostConfig, "Dns" | "DnsSearch" | "DnsOptions"> {
  const candidates = defaults.filter((entry) => entry.networkMode === network);
  const entry =
    network === "USER"
      ? (candidates.find((candidate) => candidate.networkName === networkMode) ??
        candidates.find((candidate) => candidate.networkName === undefined))
      : candidates[0];
  if (entry === undefined) return {};
  return {
    ...(entry.nameservers !== undefined && { Dns: [...entry.nameservers] }),
    ...(entry.search !== undefined && { DnsSearch: [...entry.search] }),
    ...(entry.options !== undefined && { DnsOptions: [...entry.options] }),
  };
}
