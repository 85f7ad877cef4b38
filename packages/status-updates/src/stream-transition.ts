import { isTerminalState } from "@berth/proto";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import { uuidKey } from "./uuid-key.ts";

/** One task's updates on their way to the master. The head of the queue is the one in flight. */
export interface StreamState {
  /** Not acknowledged, in the order of their coming. */
  readonly queue: readonly StatusUpdate[];
  readonly paused: boolean;
  /** As it went out last; without its data once it is acknowledged, which may be kilobytes for as long as the task runs. */
  readonly forwarded: StatusUpdate | undefined;
  /** How long to wait after the last sending; 0 when none is awaited. */
  readonly retryMs: number;
}

export type StreamEvent =
  /** It is new, and stored when the stream is. */
  | { readonly type: "received"; readonly update: StatusUpdate }
  /** Stored, too. */
  | { readonly type: "acknowledged"; readonly uuid: Uint8Array }
  | { readonly type: "paused" }
  | { readonly type: "resumed" }
  /** Somebody new listens: again, at once. */
  | { readonly type: "resend" }
  | { readonly type: "retry-due" };

export type StreamEffect =
  | { readonly type: "forward"; readonly update: StatusUpdate }
  /** In place of the timer that runs. */
  | { readonly type: "schedule"; readonly delayMs: number }
  | { readonly type: "cancel" }
  /** The terminal update is acknowledged: forget the stream, and what is behind it. */
  | { readonly type: "close" };

export interface StreamTransition {
  readonly state: StreamState;
  readonly effects: readonly StreamEffect[];
}

export interface Backoff {
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
}

/** The life of a stream. Events that a state has no use for change nothing. */
export function streamTransition(state: StreamState, event: StreamEvent, backoff: Backoff): StreamTransition {
  switch (event.type) {
    case "received": {
      const next = { ...state, queue: [...state.queue, event.update] };
      return state.queue.length === 0 ? send(next, backoff.firstRetryMs) : move(next);
    }
    case "acknowledged": {
      const [head, ...rest] = state.queue;
      if (head === undefined || !isInFlight(state, event.uuid)) return move(state);
      if (isTerminalState(head.status?.state)) {
        return move({ ...state, queue: [], retryMs: 0 }, { type: "cancel" }, { type: "close" });
      }
      const next = { ...state, queue: rest, forwarded: withoutData(state.forwarded), retryMs: 0 };
      return rest.length === 0 || state.paused ? move(next, { type: "cancel" }) : send(next, backoff.firstRetryMs);
    }
    case "paused":
      return move({ ...state, paused: true, retryMs: 0 }, { type: "cancel" });
    case "resumed":
      return send({ ...state, paused: false }, backoff.firstRetryMs);
    case "resend":
      return send(state, backoff.firstRetryMs);
    case "retry-due":
      return send(state, Math.min(state.retryMs * 2, backoff.maxRetryMs));
  }
}

/** Whether this is the uuid that an acknowledgement must have. */
export function isInFlight(state: StreamState, uuid: Uint8Array): boolean {
  const head = state.queue[0];
  return head !== undefined && uuidKey(head.uuid) === uuidKey(uuid);
}

/** Every sending tells the newest state as well, so that the master can free resources early. */
function send(state: StreamState, retryMs: number): StreamTransition {
  const head = state.queue[0];
  if (state.paused || head === undefined) return move(state);
  const latestState = state.queue.at(-1)?.status?.state;
  const update = latestState === undefined ? head : { ...head, latestState };
  return move(
    { ...state, forwarded: update, retryMs },
    { type: "forward", update },
    { type: "schedule", delayMs: retryMs },
  );
}

function withoutData(update: StatusUpdate | undefined): StatusUpdate | undefined {
  if (update?.status?.data === undefined) return update;
  const { data: _, ...status } = update.status;
  return { ...update, status };
}

function move(state: StreamState, ...effects: readonly StreamEffect[]): StreamTransition {
  return { state, effects };
}
