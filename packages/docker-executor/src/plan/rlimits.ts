import type { HostConfig } from "@berth/engine-client";
import type { RLimitInfo, RLimitInfo_RLimit } from "@berth/proto/v1";
import type { FaultSink } from "./fault-sink.ts";

type Ulimit = NonNullable<HostConfig["Ulimits"]>[number];

const unlimited = -1;
const kernelInfinity = 2n ** 64n - 1n;

/** `rlimit_info` as ulimits. Both values unset means unlimited, as the protocol says. */
export function planRlimits(info: RLimitInfo | undefined, sink: FaultSink): Ulimit[] {
  const ulimits: Ulimit[] = [];
  for (const [index, rlimit] of (info?.rlimits ?? []).entries()) {
    const path = `container.rlimit_info.rlimits[${index}]`;
    const name = nameOf(rlimit, path, sink);
    if (name === undefined) continue;
    if (ulimits.some((other) => other.Name === name)) sink.fault(path, `${rlimit.type} is given twice`);
    if ((rlimit.hard === undefined) !== (rlimit.soft === undefined)) {
      sink.fault(path, "has only one of hard and soft; give both, or none for no limit");
      continue;
    }
    const hard = valueOf(rlimit.hard, `${path}.hard`, sink);
    const soft = valueOf(rlimit.soft, `${path}.soft`, sink);
    if (hard !== unlimited && (soft === unlimited || soft > hard)) sink.fault(`${path}.soft`, "must not be above hard");
    ulimits.push({ Name: name, Hard: hard, Soft: soft });
  }
  return ulimits;
}

function nameOf(rlimit: RLimitInfo_RLimit, path: string, sink: FaultSink): string | undefined {
  const type = rlimit.type ?? "UNKNOWN";
  if (type === "UNKNOWN" || type === "UNRECOGNIZED") {
    sink.fault(`${path}.type`, "is missing or not known");
    return undefined;
  }
  if (type === "RLMT_AS") {
    sink.fault(`${path}.type`, "RLMT_AS cannot be set for a Docker container; use the mem resource");
    return undefined;
  }
  return type.slice("RLMT_".length).toLowerCase();
}

function valueOf(value: bigint | undefined, path: string, sink: FaultSink): number {
  if (value === undefined || value === kernelInfinity) return unlimited;
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    sink.fault(path, `${value} is out of range; leave both values out for no limit`);
  return Number(value);
}
