import type { ClusterOptions, MachineOptions } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { type Cluster, clusterAt, openCluster } from "../cluster/cluster.ts";
import { localMaster, masterAddress } from "../cluster/master-address.ts";

const machineFlags = {
  workDir: "--work-dir",
  dockerSocket: "--docker-socket",
  dockerConfig: "--docker-config",
  fetcherCacheDir: "--fetcher-cache-dir",
  fetcherStallTimeout: "--fetcher-stall-timeout",
  hadoopHome: "--hadoop-home",
} as const satisfies Partial<Record<keyof MachineOptions, string>>;

/**
 * The master that is named, or the one of this machine when it answers. Undefined is a system of our own. Throws CliError `usage` when a
 * flag about this machine would have no say.
 */
export async function chooseMaster(
  asked: { readonly cluster: ClusterOptions; readonly machine: MachineOptions },
  io: Pick<CliIo, "env" | "cwd" | "stderr">,
): Promise<Cluster | undefined> {
  const { cluster, machine } = asked;
  const names = Object.keys(machineFlags) as (keyof typeof machineFlags)[];
  const ours = names.find((name) => machine[name] !== undefined);
  if (cluster.master !== undefined) {
    if (ours === undefined) return openCluster(cluster, io);
    throw new CliError("usage", `${machineFlags[ours]} does not go with --master: it is that agent's own setting`);
  }
  if (ours !== undefined) return undefined;
  if (masterAddress(cluster, io.env).named) return openCluster(cluster, io);
  return (await answers()) ? openCluster(cluster, io) : undefined;
}

/** Whatever else listens there is no master. */
async function answers(): Promise<boolean> {
  const probe = clusterAt(localMaster, undefined);
  try {
    await probe.state();
    return true;
  } catch {
    return false;
  } finally {
    await probe.close();
  }
}
