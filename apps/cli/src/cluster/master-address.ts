import type { ClusterOptions } from "../arguments/parsed-command.ts";

export const localMaster = "127.0.0.1:5050";

/** Which master is meant. `named` is false when nobody said so. */
export function masterAddress(
  options: ClusterOptions,
  env: Readonly<Record<string, string | undefined>>,
): { readonly address: string; readonly named: boolean } {
  const given = options.master ?? (env["BERTH_MASTER"] || undefined);
  return { address: given ?? localMaster, named: given !== undefined };
}
