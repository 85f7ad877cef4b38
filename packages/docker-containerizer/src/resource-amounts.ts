import type { Resource, Value_Scalar } from "@berth/proto/v1";

const sharesPerCpu = 1024;
const minShares = 2;
const cfsPeriodMicroseconds = 100_000;
const minQuotaMicroseconds = 1_000;
const mebibyte = 1024 * 1024;
const minMemoryBytes = 32 * mebibyte;

export type Limits = Readonly<Record<string, Value_Scalar>> | undefined;

/** The sum of the scalars of that name, to the three digits that Mesos counts; undefined when there is none. */
export function amountOf(resources: readonly Resource[], name: string): number | undefined {
  const amounts = resources.flatMap((resource) => (resource.name === name ? [resource.scalar?.value ?? 0] : []));
  if (amounts.length === 0) return undefined;
  return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 1000) / 1000;
}

/** What the engine is to hold a container to. Undefined: leave as it is; Infinity: no limit. */
export interface ResourceAmounts {
  readonly cpuShares: number | undefined;
  readonly cpuPeriodMicroseconds: number | undefined;
  readonly cpuQuotaMicroseconds: number | undefined;
  readonly memorySoftBytes: number | undefined;
  readonly memoryHardBytes: number | undefined;
}

/** Requests and limits as the engine counts them. Source: the original's constants and rules. */
export function resourceAmounts(
  resources: readonly Resource[],
  limits: Limits,
  options: { readonly cfs: boolean },
): ResourceAmounts {
  const cpus = amountOf(resources, "cpus");
  const cpusLimit = limits?.["cpus"]?.value ?? (options.cfs ? cpus : undefined);
  const memory = bytesOf(amountOf(resources, "mem"));
  const memoryLimit = bytesOf(limits?.["mem"]?.value);
  return {
    cpuShares: cpus === undefined ? undefined : Math.max(Math.floor(sharesPerCpu * cpus), minShares),
    cpuPeriodMicroseconds: cpusLimit === undefined ? undefined : cfsPeriodMicroseconds,
    cpuQuotaMicroseconds:
      cpusLimit === undefined
        ? undefined
        : Math.max(Math.floor(cfsPeriodMicroseconds * cpusLimit), minQuotaMicroseconds),
    memorySoftBytes: memory,
    memoryHardBytes: memoryLimit ?? memory,
  };
}

function bytesOf(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : Math.max(Math.trunc(megabytes) * mebibyte, minMemoryBytes);
}
