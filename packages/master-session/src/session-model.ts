import type { Pid } from "@berth/libprocess";
import type { DetectedMaster } from "@berth/master-detector";
import type { SlaveReregisteredMessage } from "@berth/proto/internal/messages";
import type { SessionState } from "./master-session.ts";

/** What the session is about while it is DISCONNECTED. */
export type SessionStep =
  /** Nothing: there is no master, or the detector has been asked to tell it again, or the state is another. */
  | "idle"
  /** A master was detected; the first wait runs. */
  | "delaying"
  | "authenticating"
  /** Asked at least once; the next attempt waits for its time. */
  | "registering"
  /** The master has answered and the listener stores it. */
  | "storing";

/** Everything that decides. Plain data. */
export interface SessionModel {
  readonly state: SessionState;
  readonly step: SessionStep;
  readonly authenticates: boolean;
  readonly master: DetectedMaster | undefined;
  /** As whom the present master really speaks, when it is not the PID that was detected. Its answer taught us. */
  readonly alias: Pid | undefined;
  /** Who was detected before. They may speak late, and are never taken for an alias of the present one. */
  readonly formers: readonly Pid[];
  /** Counts what makes earlier answers void: detections, losses, authentication attempts. */
  readonly round: number;
  /** Authentications begun, or registrations sent, since the detection. */
  readonly attempts: number;
  readonly pingTimeoutMs: number;
  /** How lost connections have been judged. */
  readonly hints: {
    readonly paused: boolean;
    /** The present disconnection was a hint's doing. */
    readonly pending: boolean;
    /** Hints in a row after which the first registration was answered. */
    readonly falseAlarms: number;
  };
}

export type TimerName = "backoff" | "authentication" | "ping" | "hint-pause";

interface MasterAnswer {
  readonly from: Pid;
  readonly agentId: string;
  /** The id that we have at this moment. */
  readonly ownId: string | undefined;
  /** What the master says; undefined: the default. */
  readonly pingTimeoutMs: number | undefined;
}

export type SessionEvent =
  | { readonly type: "recovered" }
  | { readonly type: "detected"; readonly master: DetectedMaster | undefined }
  | { readonly type: "elapsed"; readonly timer: TimerName }
  | { readonly type: "authenticated"; readonly round: number }
  /** `refused`: wrong credentials. `error`: everything else, the attempt ends and is repeated. */
  | { readonly type: "not-authenticated"; readonly round: number; readonly why: "refused" | "error" }
  | ({ readonly type: "registered" } & MasterAnswer)
  | ({ readonly type: "reregistered"; readonly message: SlaveReregisteredMessage } & MasterAnswer)
  /** The listener is done with an answer. */
  | { readonly type: "stored"; readonly round: number }
  | { readonly type: "ping"; readonly from: Pid; readonly connected: boolean }
  /** A connection has ended over which these spoke, or which led to this one. */
  | { readonly type: "connection-lost"; readonly peers: readonly Pid[] }
  | { readonly type: "message"; readonly name: string; readonly from: Pid }
  | { readonly type: "shutdown-ordered"; readonly from: Pid; readonly message: string }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "terminate" };

/** Why the session has lost faith in its master. */
export type LossReason = "ping-timeout" | "not-connected" | "connection-lost";

/** Why a message went nowhere. */
export type DropReason = "unknown-kind" | "unknown-sender" | "state" | "unasked" | "malformed";

export type SessionEffect =
  | { readonly type: "detect" }
  | { readonly type: "redetect"; readonly why: LossReason }
  /** `count` is what the wait depends on: attempts so far, or false alarms. `delayMs` is for `ping` only, and exact. */
  | {
      readonly type: "start-timer";
      readonly timer: "backoff" | "authentication" | "hint-pause";
      readonly count: number;
    }
  | { readonly type: "start-timer"; readonly timer: "ping"; readonly delayMs: number }
  | { readonly type: "cancel-timer"; readonly timer: TimerName }
  | { readonly type: "authenticate"; readonly to: Pid; readonly round: number }
  | { readonly type: "abandon-authentication" }
  /** Register without an id, re-register with one. */
  | { readonly type: "register"; readonly to: Pid }
  | { readonly type: "link"; readonly to: Pid }
  | { readonly type: "pong"; readonly to: Pid }
  | { readonly type: "deliver-registered"; readonly agentId: string; readonly round: number }
  | { readonly type: "deliver-reregistered"; readonly message: SlaveReregisteredMessage; readonly round: number }
  | { readonly type: "deliver-message" }
  | { readonly type: "drop"; readonly why: DropReason }
  /** The state or the master is another than before. */
  | { readonly type: "announce" }
  | { readonly type: "shutdown"; readonly kind: "ordered" | "fatal"; readonly message: string };

export interface Transition {
  readonly state: SessionModel;
  readonly effects: readonly SessionEffect[];
}

/** When the master does not say: five pings, 15 s apart. Source: wire facts 2.0. */
export const defaultPingTimeoutMs = 75_000;

export function initialSession(options: { readonly authenticates: boolean }): SessionModel {
  return {
    state: "RECOVERING",
    step: "idle",
    authenticates: options.authenticates,
    master: undefined,
    alias: undefined,
    formers: [],
    round: 0,
    attempts: 0,
    pingTimeoutMs: defaultPingTimeoutMs,
    hints: { paused: false, pending: false, falseAlarms: 0 },
  };
}
