import type { StartFailure } from "./event.ts";
import type { EndCause, ExitFacts, Outcome } from "./outcome.ts";

/**
 * Where a task stands. `attaching` has a container that has not been started; from `running` on its first process has run;
 * `clearing` removes a stale container of ours, `discarding` one that is not to run.
 */
export type Phase =
  | "new"
  | "preparing"
  | "creating"
  | "looking"
  | "clearing"
  | "restoring"
  | "attaching"
  | "starting"
  | "running"
  | "settling"
  | "discarding"
  | "terminated";

/** A call whose answer matters: not made, under way, answered, or failed without saying anything. */
export type CallState = "idle" | "pending" | "done" | "failed";

export interface EndRequest {
  readonly cause: EndCause;
  /** When SIGKILL is due, on the clock of `transition`. */
  readonly dueMs: number;
}

/** Everything that decides what comes next. Plain data. */
export interface LifeState {
  readonly phase: Phase;
  readonly settings: LifeSettings;
  readonly end: EndRequest | undefined;
  /** The container goes as soon as the task has ended. */
  readonly removeAtOnce: boolean;
  /** 0 for the plain name. */
  readonly suffix: number;
  readonly imageRestored: boolean;
  /** A create has had no answer: its container may turn up later. */
  readonly createUncertain: boolean;
  /** When a create that gets no clear answer is given up, and what is then said. */
  readonly createUntilMs: number | undefined;
  readonly createError: string;
  /** How often create has failed by the engine's own word. */
  readonly createFailures: number;
  /** Why `looking` looks. */
  readonly lookingFor: "name-taken" | "create-failed" | "create-unknown";
  readonly engineId: string | undefined;
  /** The container was found already started: it must not be started again. */
  readonly adoptedStarted: boolean;
  readonly attach: CallState;
  readonly wait: CallState;
  /** The last start's failure, not yet weighed against an inspect. */
  readonly startFailure: { readonly kind: StartFailure; readonly message: string } | undefined;
  readonly portRetryUntilMs: number | undefined;
  /** An unanswered start was repeated: the engine may carry out one more when the container has exited. */
  readonly startRepeated: boolean;
  readonly inspecting: boolean;
  readonly inspectAgain: boolean;
  /** TASK_RUNNING was sent, or will never be because the end was asked for. */
  readonly confirmed: boolean;
  readonly killingSent: boolean;
  readonly stop: CallState;
  readonly kill: CallState;
  /** The exit code that wait gave, until inspect confirms it. */
  readonly exitHint: number | undefined;
  readonly exit: ExitFacts | undefined;
  /** What `discarding` reports when the container is gone. */
  readonly pending: Outcome | undefined;
  /** Failures in a row, for the back-off. */
  readonly failures: number;
  readonly retryArmed: boolean;
}

export interface LifeSettings {
  readonly taskKillingState: boolean;
  readonly maxCompletionMs: number | undefined;
  readonly portRetryMs: number;
  readonly createRetryMs: number;
  /** How long a kill waits for a create under way before it looks for what the create has made. */
  readonly createPatienceMs: number;
  readonly canRestoreImage: boolean;
}

export function initialState(settings: LifeSettings): LifeState {
  return {
    phase: "new",
    settings,
    end: undefined,
    removeAtOnce: false,
    suffix: 0,
    imageRestored: false,
    createUncertain: false,
    createUntilMs: undefined,
    createError: "",
    createFailures: 0,
    lookingFor: "create-unknown",
    engineId: undefined,
    adoptedStarted: false,
    attach: "idle",
    wait: "idle",
    startFailure: undefined,
    portRetryUntilMs: undefined,
    startRepeated: false,
    inspecting: false,
    inspectAgain: false,
    confirmed: false,
    killingSent: false,
    stop: "idle",
    kill: "idle",
    exitHint: undefined,
    exit: undefined,
    pending: undefined,
    failures: 0,
    retryArmed: false,
  };
}
