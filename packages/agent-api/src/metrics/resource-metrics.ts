import type { Resource } from "@berth/proto/v1";
import { scalarOf } from "@berth/resources";

/** `slave/cpus_total` and its kin, the revocable ones apart. `percent` is a part of 1, as in the original. */
export function resourceMetrics(total: readonly Resource[], used: readonly Resource[]): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const revocable of [false, true]) {
    const apart = (resources: readonly Resource[]) =>
      resources.filter((each) => (each.revocable !== undefined) === revocable);
    const [totals, uses] = [apart(total), apart(used)];
    for (const kind of ["cpus", "gpus", "mem", "disk"]) {
      const name = revocable ? `${kind}_revocable` : kind;
      const [have, use] = [scalarOf(totals, kind) ?? 0, scalarOf(uses, kind) ?? 0];
      metrics[`slave/${name}_total`] = have;
      metrics[`slave/${name}_used`] = use;
      metrics[`slave/${name}_percent`] = have === 0 ? 0 : use / have;
    }
  }
  return metrics;
}
