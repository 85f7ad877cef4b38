/** How a value is written. `path` and `json` may also be given as `file://` or a plain path; see `readValue`. */
export type FlagType = "boolean" | "bytes" | "duration" | "integer" | "json" | "number" | "path" | "string";

/**
 * `served`: it does what it says. `noted`: any value is taken and changes nothing, which the log says once. `refused`: the agent ends when
 * it is set to anything but its default.
 */
export type FlagState = "served" | "noted" | "refused";

/** A flag of mesos-agent 1.11, or one of ours. */
export interface FlagSpec {
  readonly name: string;
  readonly type: FlagType;
  /** As an operator would write it; undefined: unset. */
  readonly default?: string | undefined;
  /** What it is for, in one sentence. */
  readonly text: string;
  readonly state: FlagState;
  /** Why it is not served, or what is different here. */
  readonly why?: string | undefined;
  /** An older name that is still taken, with a warning. */
  readonly alias?: string | undefined;
  /** Holds a secret: never shown. */
  readonly secret?: boolean | undefined;
  /** Not in the original. */
  readonly ours?: boolean | undefined;
}

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly FlagSpec[];
}
