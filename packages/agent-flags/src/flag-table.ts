import type { FlagGroup, FlagSpec } from "./flag-spec.ts";
import { dockerFlags } from "./table/docker.ts";
import { httpFlags } from "./table/http.ts";
import { identityFlags } from "./table/identity.ts";
import { loggingFlags } from "./table/logging.ts";
import { mesosContainerizerFlags } from "./table/mesos-containerizer.ts";
import { moduleFlags } from "./table/modules.ts";
import { taskFlags } from "./table/tasks.ts";

/** Every flag of mesos-agent 1.11 and ours, in the order of the documentation. */
export const flagGroups: readonly FlagGroup[] = [
  identityFlags,
  dockerFlags,
  taskFlags,
  httpFlags,
  loggingFlags,
  mesosContainerizerFlags,
  moduleFlags,
];

const byName = new Map<string, FlagSpec>();
for (const { flags } of flagGroups) {
  for (const flag of flags) {
    byName.set(flag.name, flag);
    if (flag.alias !== undefined) byName.set(flag.alias, flag);
  }
}

/** By its name or its older name, lower case. */
export function findFlag(name: string): FlagSpec | undefined {
  return byName.get(name);
}

/** Names and older names. */
export function flagNames(): readonly string[] {
  return [...byName.keys()];
}
