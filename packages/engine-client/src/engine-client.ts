import type { Duplex, Readable } from "node:stream";
import type { ContainerCreateBody, HostConfig } from "./create-body.ts";
import type { ContainerSummary, ImageInspect, InspectedContainer } from "./inspect.ts";

/** Mixed into every call. Aborting ends the call at once with code `aborted`; it never undoes what the engine did. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Overrides the budget of this call, in milliseconds. */
  readonly budgetMs?: number | undefined;
}

export interface EngineVersion {
  /** `20.10.24`. */
  readonly version: string;
  /** The engine's newest API version, `1.41`. */
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly os: string;
  readonly arch: string;
}

export interface ContainerExit {
  readonly exitCode: number;
  /** The engine's own words when it could not wait properly. */
  readonly error: string | undefined;
}

/** One event of `GET /events`. */
export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch. */
  readonly timeNano: bigint;
}

/** One line of a pull's stream, as the engine sent it. */
export interface PullLine {
  status?: string;
  id?: string;
  progress?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
  errorDetail?: { code?: number; message?: string };
}

/** Credentials in the form of `X-Registry-Auth`. Never logged. */
export interface RegistryAuth {
  username?: string;
  password?: string;
  auth?: string;
  serveraddress?: string;
  identitytoken?: string;
  registrytoken?: string;
}

export interface ListFilters {
  readonly label?: readonly string[];
  readonly name?: readonly string[];
  readonly id?: readonly string[];
}

export interface LogsQuery {
  readonly follow?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  /** `<seconds>.<9 digits>`; inclusive. */
  readonly since?: string;
  readonly until?: string;
  readonly timestamps?: boolean;
  readonly tail?: number;
}

/** Calls about one container. `id` may be an id or a name. A call on a container that is not there fails with `not-found`. */
export interface ContainerCalls {
  /** `warnings` are the engine's. Fails with `conflict` when the name is taken, `not-found` when the image is absent. */
  create(
    body: ContainerCreateBody,
    options?: CallOptions & { name?: string | undefined; platform?: string | undefined },
  ): Promise<{ id: string; warnings: readonly string[] }>;
  /** `already` when it ran before (304). */
  start(id: string, options?: CallOptions): Promise<"started" | "already">;
  inspect(id: string, options?: CallOptions): Promise<InspectedContainer>;
  list(options?: CallOptions & { all?: boolean; filters?: ListFilters }): Promise<readonly ContainerSummary[]>;
  /**
   * The budget is the grace period and its own margin. `already` when it was not running (304). The grace period is rounded up
   * to whole seconds. `killSignal` fails with `unsupported` before API 1.42, where an engine would ignore it.
   */
  stop(
    id: string,
    options: CallOptions & { graceSeconds: number; killSignal?: string },
  ): Promise<"stopped" | "already">;
  /** `not-running` when there was nothing to kill (409). */
  kill(id: string, options?: CallOptions & { killSignal?: string }): Promise<"killed" | "not-running">;
  /** `gone` when it was not there (404), `in-progress` when another removal is under way (409). */
  remove(
    id: string,
    options?: CallOptions & { force?: boolean; volumes?: boolean },
  ): Promise<"removed" | "gone" | "in-progress">;
  /** The budget ends when the wait is accepted; the wait with the exit, the signal or a lost connection (`unreachable`), which is not an exit. */
  wait(
    id: string,
    options?: CallOptions & {
      condition?: "not-running" | "next-exit" | "removed";
      /** Called when the engine has accepted the wait: an exit after this is not missed. */
      onWaiting?: () => void;
    },
  ): Promise<ContainerExit>;
  update(id: string, resources: HostConfig, options?: CallOptions): Promise<void>;
  pause(id: string, options?: CallOptions): Promise<void>;
  unpause(id: string, options?: CallOptions): Promise<void>;
  /**
   * The hijacked connection, frames undemultiplexed. Resolves when the engine has switched protocols; from then on its errors
   * are the socket's own (`ECONNRESET`), or the EngineError of an abort. Its end does not say that the container ended.
   */
  attach(
    id: string,
    options?: CallOptions & { stdout?: boolean; stderr?: boolean; stdin?: boolean; logs?: boolean },
  ): Promise<Duplex>;
  /** The body of the answer, frames undemultiplexed (raw bytes with a tty). Its errors are as those of `attach`. */
  logs(id: string, query: LogsQuery, options?: CallOptions): Promise<Readable>;
}

export interface ImageCalls {
  inspect(ref: string, options?: CallOptions): Promise<ImageInspect>;
  /**
   * Resolves when the request is on its way; lines come as the engine sends them. The engine sends its headers only with the first
   * line, so a pull that hangs before is one that yields nothing. Leaving the iteration early ends the pull.
   */
  pull(
    ref: string,
    options?: CallOptions & { platform?: string | undefined; auth?: RegistryAuth | undefined },
  ): AsyncIterable<PullLine>;
  tag(ref: string, repo: string, tag: string, options?: CallOptions): Promise<void>;
  remove(ref: string, options?: CallOptions & { force?: boolean; noPrune?: boolean }): Promise<"removed" | "gone">;
}

/** The Engine API as Berth uses it. Every failure is an EngineError. */
export interface EngineClient {
  /** `unix:///var/run/docker.sock`, for messages. */
  readonly endpoint: string;
  readonly containers: ContainerCalls;
  readonly images: ImageCalls;
  ping(options?: CallOptions): Promise<void>;
  version(options?: CallOptions): Promise<EngineVersion>;
  /** The version that requests carry: the newest that both know. Asked once, kept. */
  negotiatedApiVersion(options?: CallOptions): Promise<string>;
  info(options?: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  /** Never ends by itself; a lost connection throws `unreachable`. */
  events(
    options?: CallOptions & {
      since?: string;
      filters?: Readonly<Record<string, readonly string[]>>;
      onConnected?: () => void;
    },
  ): AsyncIterable<EngineEvent>;
  /** Closes idle sockets and ends streams that are still open. */
  close(): Promise<void>;
}
