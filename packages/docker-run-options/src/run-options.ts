import type { ContainerCreateBody } from "@berth/engine-client";

/** One `DockerInfo.parameters` entry: an option of `docker run` without its dashes. */
export interface RunParameter {
  readonly key: string;
  readonly value: string;
}

export interface ParseRunOptionsOptions {
  /**
   * The API version that will be spoken, `1.41`. With it, what is newer than the API is a fault, and fields go where that
   * version looks for them. Without it the newest is assumed.
   */
  readonly apiVersion?: string | undefined;
  /**
   * The network the container is on when no parameter names one (`host`, `bridge`, a name): what `network-alias`, `ip` and
   * the like are for, and what conflicts are checked against. Default `default`, as docker's client has it.
   */
  readonly network?: string | undefined;
}

/** What an option list asks for: the parts of a create request that it sets, and what stands outside the body. */
export interface ParsedRunOptions {
  /** Only what the options set; nothing defaulted. */
  readonly body: Partial<ContainerCreateBody>;
  readonly platform?: string | undefined;
  /** `--pull`. */
  readonly pull?: "always" | "missing" | "never" | undefined;
  /**
   * The network of the first `network` or `net` option; it replaces the task's own. Also in `body.HostConfig.NetworkMode`.
   * Further networks are in `body.NetworkingConfig`.
   */
  readonly network?: string | undefined;
  /** True when an option sets name servers, search domains or resolver options: default DNS is then left out. */
  readonly usesDns: boolean;
  /** The full names of the options given, each once, in order of first use. */
  readonly names: readonly string[];
  /** Options that are taken but have no effect, one sentence each. */
  readonly warnings: readonly string[];
}

export interface RunOptionFault {
  /** Position in the list. */
  readonly index: number;
  readonly key: string;
  readonly code: "unknown" | "refused" | "invalid" | "conflict" | "unsupported";
  /** What is wrong and what to do, one sentence: `unknown option "memroy", did you mean memory?`. Never holds a secret. */
  readonly message: string;
}

export type ParseRunOptionsResult =
  | { readonly ok: true; readonly options: ParsedRunOptions }
  | { readonly ok: false; readonly faults: readonly RunOptionFault[] };
