/** What a node's content is: its label says so. */
export type LeaderNodeFormat = "json" | "protobuf" | "pid" | "unknown";

export interface LeaderNode {
  /** Within the path, `json.info_0000000012`. */
  readonly name: string;
  readonly format: LeaderNodeFormat;
}

const formats: Readonly<Record<string, LeaderNodeFormat>> = { "json.info": "json", info: "protobuf", "": "pid" };

/** The candidate with the smallest sequence number; others that live below the path (`log_replicas`) have none. Source: wire facts 3. */
export function electLeader(names: readonly string[]): LeaderNode | undefined {
  let leader: { readonly name: string; readonly sequence: number } | undefined;
  for (const name of names) {
    const sequence = sequenceOf(name);
    if (sequence !== undefined && (leader === undefined || sequence < leader.sequence)) leader = { name, sequence };
  }
  if (leader === undefined) return undefined;
  const label = leader.name.slice(0, Math.max(0, leader.name.lastIndexOf("_")));
  return { name: leader.name, format: (Object.hasOwn(formats, label) && formats[label]) || "unknown" };
}

function sequenceOf(name: string): number | undefined {
  const last = name.slice(name.lastIndexOf("_") + 1);
  return /^\d{10}$/.test(last) ? Number(last) : undefined;
}
