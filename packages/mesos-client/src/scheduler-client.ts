import type { FrameworkInfo, MasterInfo } from "@berth/proto/v1";
import type { Call, Event } from "@berth/proto/v1/scheduler";

/** A subscription to a master: one stream of events, and calls beside it. */
export interface SchedulerSession {
  readonly frameworkId: string;
  /** The master that leads, as far as it said. */
  readonly masterInfo: MasterInfo | undefined;
  /** `http://10.0.0.1:5050`: the master that answered, redirects followed. */
  readonly masterUrl: string;
  /**
   * Every event after SUBSCRIBED, in order. To be read once. Ends when the master ends the stream or the session is closed; throws
   * MesosClientError when it breaks (`stream-broken`, `malformed`).
   */
  readonly events: AsyncIterable<Event>;
  /**
   * Framework id and stream id are filled in. Calls go out one after the other. Resolves at 202; rejects with MesosClientError (`refused`
   * with the status and text).
   */
  call(call: Call): Promise<void>;
  /** Ends the stream; the master then counts the framework as disconnected. Calls that were asked for before still go out. */
  close(): Promise<void>;
}

export interface SchedulerClient {
  /**
   * Follows redirects to the leader; `frameworkInfo.id` re-subscribes. Rejects with MesosClientError; a 503 (no master leads yet) is
   * `refused` with that status, and worth another try. The signal ends the attempt; a session that stands is ended by its `close`.
   */
  subscribe(
    frameworkInfo: FrameworkInfo,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<SchedulerSession>;
  /** Closes its sessions. */
  close(): Promise<void>;
}
