import type { RunOptionsDraft } from "./draft.ts";
import { isContainerNetwork } from "./values/network.ts";

export interface OptionConflict {
  readonly involved: readonly string[];
  readonly message: string;
}

type NetworkKind = "host" | "container";

/** What the engine refuses at create: an option that makes no sense on a network that is not the container's own. */
const networkConflicts: readonly { readonly kind: NetworkKind; readonly options: readonly string[] }[] = [
  { kind: "host", options: ["link"] },
  {
    kind: "container",
    options: ["hostname", "link", "dns", "add-host", "mac-address", "publish", "publish-all", "expose"],
  },
];

/** The combinations that the engine would refuse, found before it is asked. `used` holds the full names of the options given. */
export function findConflicts(
  draft: RunOptionsDraft,
  network: string,
  used: ReadonlySet<string>,
): readonly OptionConflict[] {
  const conflicts: OptionConflict[] = [];
  const name = draft.networks[0]?.name ?? network;
  for (const { kind, options } of networkConflicts) {
    if (networkKind(name) !== kind) continue;
    for (const option of options) {
      if (used.has(option) && !(option === "publish-all" && draft.host.PublishAllPorts !== true))
        conflicts.push({
          involved: [option, "network"],
          message: `${option} does not go with the network "${name}"; leave it out or choose another network`,
        });
    }
  }
  if (draft.host.UTSMode === "host" && (draft.config.Hostname ?? "") !== "")
    conflicts.push({
      involved: ["hostname", "uts"],
      message: "hostname does not go with uts=host, which is the host's own; leave one of them out",
    });
  return conflicts;
}

function networkKind(name: string): NetworkKind | undefined {
  if (name === "host") return "host";
  return isContainerNetwork(name) ? "container" : undefined;
}
