import { beginEnd } from "./end-ladder.ts";
import type { InspectView } from "./event.ts";
import type { Handlers } from "./handlers.ts";
import { inspectNow } from "./inspecting.ts";
import { onInspected } from "./on-inspected.ts";
import { endedDuringLaunch, launchFailure, type Outcome } from "./outcome.ts";
import type { LifeState } from "./state.ts";
import { discard, finish, pause, stay, step, type Step } from "./step.ts";

/** Start has been asked for. Whatever it answered, inspect says what happened. */
export const starting: Handlers = {
  started: (state, _event, nowMs) => {
    const looking = inspectNow({ ...state, phase: "running", startFailure: undefined, failures: 0 });
    const ending = state.end === undefined ? stay(looking.state) : beginEnd(looking.state, nowMs);
    return step(ending.state, ...looking.effects, ...ending.effects);
  },
  "start-failed": (state, { kind, message }, nowMs) => {
    const portRetryUntilMs =
      kind === "port-taken" ? (state.portRetryUntilMs ?? nowMs + state.settings.portRetryMs) : state.portRetryUntilMs;
    const failed: LifeState = { ...state, startFailure: { kind, message }, portRetryUntilMs };
    return kind === "unknown" ? pause(failed) : inspectNow(failed);
  },
  "wait-ended": (state, { exitCode }) => inspectNow({ ...state, wait: "failed", exitHint: exitCode }),
  "wait-broken": (state) => stay({ ...state, wait: "failed" }),
  "look-again": inspectNow,
  inspected: (state, event, nowMs) => weigh({ ...state, inspecting: false }, event, nowMs),
  "grace-over": (state) =>
    state.engineId === undefined ? stay(state) : discard(state, state.engineId, ended(state, undefined)),
  "retry-due": inspectNow,
};

function weigh(state: LifeState, view: InspectView, nowMs: number): Step {
  switch (view.view) {
    case "running":
    case "exited":
      return onInspected({ ...state, phase: "running", startFailure: undefined, failures: 0 }, view, nowMs);
    case "gone":
      return finish(state, ended(state, "the container was removed before it was started"));
    case "removing":
    case "unknown":
      return pause({ ...state, inspectAgain: false });
    case "not-started":
      // An answer from before the start's own: ask again, now that it is known.
      if (state.inspectAgain) return inspectNow({ ...state, inspectAgain: false });
      return onNotStarted(state, view.engineError, nowMs);
  }
}

function onNotStarted(state: LifeState, engineError: string, nowMs: number): Step {
  const { startFailure: failure, engineId } = state;
  // Looked at while start is still under way: its answer will come.
  if (failure === undefined || engineId === undefined) return stay(state);
  if (state.end !== undefined) return discard(state, engineId, ended(state, undefined));
  switch (failure.kind) {
    case "refused":
      return discard(state, engineId, ended(state, failure.message));
    case "failed":
      if (engineError !== "") return discard(state, engineId, ended(state, failure.message));
      return pause({ ...state, startFailure: { ...failure, kind: "unknown" } });
    case "unknown":
      // Nothing has happened: ask again. Attach and wait still stand, or are made good once it runs.
      return step({ ...state, startFailure: undefined, startRepeated: true }, { do: "start" });
    case "port-taken":
      if (nowMs >= (state.portRetryUntilMs ?? nowMs)) return discard(state, engineId, ended(state, failure.message));
      // The engine has let go of attach and wait with the failed start: all three are made anew.
      return pause({ ...state, phase: "attaching", attach: "failed", wait: "failed", startFailure: undefined });
  }
}

function ended(state: LifeState, message: string | undefined): Outcome {
  if (state.end !== undefined) return endedDuringLaunch(state.end.cause);
  return launchFailure(`Failed to run docker container: ${message ?? "it did not start"}`);
}
