import type { ContainerCreateBody } from "@berth/engine-client";

/** One `DockerInfo.parameters` entry: an option of `docker run` without its dashes. */
export interface RunParameter {
  readonly key: string;
  readonly value: string;
}

/** What an option list asks for: the parts of a create request that it sets, and what stands outside the body. */
export interface ParsedRunOptions {
  /** Only what the options set; nothing defaulted. */
  readonly body: Partial<ContainerCreateBody>;
  readonly platform?: string | undefined;
  /** `--pull`. */
  readonly pull?: "always" | "missing" | "never" | undefined;
  /** Networks beyond the first, to be joined at create where the API allows it. */
  readonly warnings: readonly string[];
}

export interface RunOptionFault {
  /** Position in the list. */
  readonly index: number;
  readonly key: string;
  readonly code: "unknown" | "refused" | "invalid" | "conflict";
  /** What is wrong and what to do, one sentence: `unknown option "memroy", did you mean memory?`. Never holds a secret. */
  readonly message: string;
}

export type ParseRunOptionsResult =
  | { readonly ok: true; readonly options: ParsedRunOptions }
  | { readonly ok: false; readonly faults: readonly RunOptionFault[] };
