import type { FrameworkInfo } from "@berth/proto/v1";
import type { Call, Event } from "@berth/proto/v1/scheduler";

/** A subscription to a master: one stream of events, and calls beside it. */
export interface SchedulerSession {
  readonly frameworkId: string;
  /** Every event after SUBSCRIBED, in order. Ends when the master ends the stream; throws MesosClientError when it breaks. */
  readonly events: AsyncIterable<Event>;
  /** Framework id and stream id are filled in. Resolves at 202; rejects with MesosClientError (`refused` with the status and text). */
  call(call: Call): Promise<void>;
  close(): Promise<void>;
}

export interface SchedulerClient {
  /** Follows redirects to the leader; `frameworkInfo.id` re-subscribes. Rejects with MesosClientError. */
  subscribe(
    frameworkInfo: FrameworkInfo,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<SchedulerSession>;
  close(): Promise<void>;
}
