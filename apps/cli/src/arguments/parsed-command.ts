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

/** Which master, and who we are to it. */
export interface ClusterOptions {
  /** `host:port` or a URL. */
  readonly master?: string | undefined;
  /** A file. */
  readonly credential?: string | undefined;
}

/** A task by its id, and by its framework's when several have one of that id. */
export interface TaskName {
  readonly task: string;
  readonly framework?: string | undefined;
}

export type Shell = "bash" | "zsh" | "fish";

export type ParsedCommand =
  | {
      readonly command: "run";
      readonly source: TaskSource;
      readonly json: boolean;
      readonly detach: boolean;
      readonly machine: MachineOptions;
      readonly cluster: ClusterOptions;
    }
  | { readonly command: "explain"; readonly source: TaskSource; readonly machine: MachineOptions }
  | { readonly command: "validate"; readonly source: TaskSource }
  | { readonly command: "ps"; readonly cluster: ClusterOptions; readonly json: boolean; readonly all: boolean }
  | {
      readonly command: "kill";
      readonly name: TaskName;
      readonly cluster: ClusterOptions;
      readonly json: boolean;
      readonly force: boolean;
    }
  | {
      readonly command: "logs";
      readonly name: TaskName;
      readonly cluster: ClusterOptions;
      readonly json: boolean;
      readonly follow: boolean;
      readonly stderr: boolean;
      /** Lines. */
      readonly tail: number | undefined;
    }
  | { readonly command: "state"; readonly cluster: ClusterOptions; readonly json: boolean }
  | { readonly command: "completion"; readonly shell: Shell };

export type ParseOutcome =
  | { readonly kind: "command"; readonly command: ParsedCommand }
  /** Help was asked for, or the arguments are wrong: print and leave. */
  | { readonly kind: "print"; readonly stdout: string; readonly stderr: string; readonly exitCode: number };
