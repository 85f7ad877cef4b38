import type { FrameworkInfo } from "@berth/proto/v1";
import type { FrameworkRecord } from "./records.ts";

export function capabilitiesOf(info: FrameworkInfo): ReadonlySet<string> {
  return new Set((info.capabilities ?? []).map((capability) => capability.type ?? "UNKNOWN"));
}

/** One role, `*` if none is given; any number of them for a framework with MULTI_ROLE. */
export function rolesOf(info: FrameworkInfo): ReadonlySet<string> {
  return capabilitiesOf(info).has("MULTI_ROLE") ? new Set(info.roles) : new Set([info.role ?? "*"]);
}

/** `info` has its id. */
export function createFramework(
  id: string,
  info: FrameworkInfo,
  state: FrameworkRecord["state"],
  now: number,
): FrameworkRecord {
  return {
    id,
    info,
    roles: rolesOf(info),
    capabilities: capabilitiesOf(info),
    state,
    streamId: undefined,
    suppressedRoles: new Set(),
    allocated: [],
    registeredAt: now,
    reregisteredAt: undefined,
    unregisteredAt: undefined,
    failoverDeadline: undefined,
    nextHeartbeatAt: Number.POSITIVE_INFINITY,
    tasks: new Map(),
    completedTasks: new Map(),
    unreachableTasks: new Map(),
    offers: new Map(),
    filters: new Map(),
  };
}
