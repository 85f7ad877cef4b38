/** Flags that describe a task without a file. */
export interface InlineTask {
  readonly image: string;
  readonly name?: string | undefined;
  readonly env: readonly string[];
  readonly uri: readonly string[];
  readonly cpus?: string | undefined;
  readonly mem?: string | undefined;
  readonly port: readonly string[];
  readonly volume: readonly string[];
  readonly network?: string | undefined;
  readonly user?: string | undefined;
  readonly forcePull: boolean;
  readonly shell?: string | undefined;
  /** What stood after `--`. */
  readonly command: readonly string[];
}

export type TaskSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stdin" }
  | { readonly kind: "inline"; readonly flags: InlineTask };

/** Flags of `run` that are about this machine, not about the task. */
export interface MachineOptions {
  readonly workDir?: string | undefined;
  readonly dockerSocket?: string | undefined;
  readonly dockerConfig?: string | undefined;
  readonly frameworksHome?: string | undefined;
  readonly fetcherCacheDir?: string | undefined;
  readonly fetcherStallTimeout?: string | undefined;
  readonly hadoopHome?: string | undefined;
}

export type ParsedCommand =
  | {
      readonly command: "run";
      readonly source: TaskSource;
      readonly json: boolean;
      readonly machine: MachineOptions;
    }
  | { readonly command: "explain"; readonly source: TaskSource; readonly machine: MachineOptions }
  | { readonly command: "validate"; readonly source: TaskSource };

export type ParseOutcome =
  | { readonly kind: "command"; readonly command: ParsedCommand }
  /** Help was asked for, or the arguments are wrong: print and leave. */
  | { readonly kind: "print"; readonly stdout: string; readonly stderr: string; readonly exitCode: number };
