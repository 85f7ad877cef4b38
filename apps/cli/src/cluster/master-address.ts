import type { ClusterOptions } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";

const localMaster = "127.0.0.1:5050";

/** Which master is meant. `named` is false when nobody said so. */
export function masterAddress(
  options: ClusterOptions,
  io: Pick<CliIo, "env" | "localMaster">,
): { readonly address: string; readonly named: boolean } {
  const given = options.master ?? (io.env["BERTH_MASTER"] || undefined);
  return { address: given ?? io.localMaster ?? localMaster, named: given !== undefined };
}
