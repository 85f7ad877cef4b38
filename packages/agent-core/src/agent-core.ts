import type { Containerizer } from "@berth/containerizer";
import type { LibprocessMessage } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type {
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  SlaveReregisteredMessage,
  StatusUpdate,
} from "@berth/proto/internal/messages";
import type { Attribute, Resource } from "@berth/proto/v1";
import type { StatusUpdates } from "@berth/status-updates";
import type { AgentView } from "./agent-view.ts";
import type { Timers } from "./timers.ts";

export interface AgentCoreDeps {
  readonly containerizer: Containerizer;
  /** Makes the update streams; `forward` is ours: it sends the update to the master. */
  readonly createStatusUpdates: (forward: (update: StatusUpdate) => void) => StatusUpdates;
  /** To the detected master, from the agent's PID. */
  readonly sendToMaster: (name: string, body: Uint8Array) => boolean;
  /** To a scheduler that has a PID of its own. */
  readonly sendToPid: (pid: string, name: string, body: Uint8Array) => void;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Node's when absent. */
  readonly timers?: Timers | undefined;
  /**
   * Ends every container that an earlier life of this agent left, and resolves when they are proven gone. Without it, an agent that finds tasks
   * in its checkpoint that had not ended does not start.
   */
  readonly endLeftovers?:
    | ((agentId: string, options: { readonly signal?: AbortSignal | undefined }) => Promise<void>)
    | undefined;
}

export interface AgentCoreOptions {
  /** `--work_dir`, absolute. */
  readonly workDirectory: string;
  /** Where `meta` lies; undefined keeps nothing on disk (an agent for the time of one run). */
  readonly metaDirectory?: string | undefined;
  /** `slave(1)@ip:port`, known once the port is open. */
  readonly pid: string;
  readonly hostname: string;
  /** The advertised one. */
  readonly port: number;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly version: string;
  readonly switchUser: boolean;
  readonly frameworksHome?: string | undefined;
  readonly executorShutdownGracePeriodMs: number;
  readonly maxCompletedExecutorsPerFramework: number;
  /** The agent's IPv4 address, for statuses without a network info of their own. */
  readonly ip: string;
}

/** An agent between its master and its containerizer. Fulfils what the master session asks (RegistrationSource) and tells (SessionListener). */
export interface AgentCore extends AgentView {
  /** Reads `meta` (the agent's id, checkpointed resources, streams not yet acknowledged). Call once, first. */
  recover(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  agentId(): string | undefined;
  registration(): RegisterSlaveMessage;
  reregistration(): ReregisterSlaveMessage;
  onRegistered(agentId: string): Promise<void>;
  onReregistered(message: SlaveReregisteredMessage): Promise<void>;
  /** Registered: updates flow. Not: they wait. */
  onConnected(connected: boolean): void;
  /** A message of the master, or of a scheduler (framework messages). Never throws: what cannot be read is logged. */
  onMessage(message: LibprocessMessage): void;
  /** Ends every framework's executors without a word to the frameworks; resolves when none is left. */
  shutDownFrameworks(): Promise<void>;
  /** Lets go of running tasks without ending them; what is in flight is on disk. */
  close(): Promise<void>;
}
