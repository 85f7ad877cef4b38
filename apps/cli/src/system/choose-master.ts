import type { ClusterOptions, MachineOptions } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { type Cluster, openCluster } from "../cluster/cluster.ts";
import { masterAddress } from "../cluster/master-address.ts";

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
  io: Pick<CliIo, "env" | "cwd" | "localMaster" | "stderr">,
): Promise<Cluster | undefined> {
  const { cluster, machine } = asked;
  const names = Object.keys(machineFlags) as (keyof typeof machineFlags)[];
  const ours = names.find((name) => machine[name] !== undefined);
  if (cluster.master !== undefined) {
    if (ours === undefined) return openCluster(cluster, io);
    throw new CliError("usage", `${machineFlags[ours]} does not go with --master: it is that agent's own setting`);
  }
  if (ours !== undefined) return undefined;
  const possible = await openCluster(cluster, io);
  if (masterAddress(cluster, io).named) return possible;
  const who = await ask(possible);
  if (who === "master") return possible;
  await possible.close();
  if (who === "silent") {
    const text = `${possible.address} does not answer; the task runs in this process. --master waits for it`;
    void io.stderr.write(`warning: ${text}\n`);
  }
  return undefined;
}

/** A master of this machine answers in milliseconds. Nobody is to wait longer for one that he did not ask for. */
const probeMs = 2000;

/** Nobody listens there, or somebody else does: no master. Silent is one who takes the question and does not answer in time. */
async function ask(cluster: Cluster): Promise<"master" | "no-master" | "silent"> {
  const signal = AbortSignal.timeout(probeMs);
  try {
    await cluster.state({ signal });
    return "master";
  } catch {
    return signal.aborted ? "silent" : "no-master";
  }
}
