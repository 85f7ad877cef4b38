import type { EngineEndpoint } from "@berth/engine-client";
import type { Log } from "@berth/log";
import type { Resource } from "@berth/proto/v1";

/** What an agent for the time of one run needs of its caller. All paths absolute. */
export interface EmbeddedOptions {
  /** Where sandboxes go; nothing else is written there. */
  readonly workDirectory: string;
  /** What relative URIs of a task are relative to. */
  readonly frameworksHome?: string | undefined;
  /** Default: `fetch` in the work directory. */
  readonly fetcherCacheDirectory?: string | undefined;
  /** The fetcher's own default when absent. */
  readonly fetcherStallTimeoutMs?: number | undefined;
  /** A path, or JSON. */
  readonly dockerConfig?: string | undefined;
  readonly hadoopHome?: string | undefined;
  /** What the agent offers, as if from `--resources`: `berth run` gives what its task asks for, ports of any number included. */
  readonly resources?: readonly Resource[] | undefined;
  readonly endpoint: EngineEndpoint;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** Tasks run as the user that they name; only root can. */
  readonly switchUser: boolean;
}

/** A local master and an agent on 127.0.0.1, in this process. */
export interface EmbeddedSystem {
  readonly masterAddress: { readonly host: string; readonly port: number };
  readonly agentAddress: { readonly host: string; readonly port: number };
  /** Rejects with EngineError when no engine answers. */
  checkEngine(): Promise<void>;
  /** Ends what still runs, and leaves no container behind. */
  close(): Promise<void>;
}
