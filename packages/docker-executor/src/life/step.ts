import type { LifeEffect } from "./effect.ts";
import type { Outcome } from "./outcome.ts";
import type { LifeState } from "./state.ts";

export interface Step {
  readonly state: LifeState;
  readonly effects: readonly LifeEffect[];
}

const firstRetryMs = 50;
const longestRetryMs = 5_000;

export function stay(state: LifeState): Step {
  return { state, effects: [] };
}

export function step(state: LifeState, ...effects: readonly LifeEffect[]): Step {
  return { state, effects };
}

/** Tries again after a pause that grows with every failure in a row. What is tried depends on the phase then. */
export function pause(state: LifeState): Step {
  const afterMs = Math.min(firstRetryMs * 2 ** state.failures, longestRetryMs);
  return step({ ...state, failures: state.failures + 1, retryArmed: true }, { do: "arm", timer: "retry", afterMs });
}

/** The last step: exactly one terminal status comes of it. */
export function finish(state: LifeState, outcome: Outcome, leftover?: string): Step {
  return step(
    { ...state, phase: "terminated", retryArmed: false },
    { do: "disarm", timer: "retry" },
    { do: "disarm", timer: "grace" },
    { do: "disarm", timer: "patience" },
    { do: "disarm", timer: "completion" },
    {
      do: "finish",
      outcome,
      leftover,
      // A start that comes late must find no container that it could run a second time.
      removeAtOnce: state.removeAtOnce || state.startRepeated,
      watchStrays: state.createUncertain,
    },
  );
}

/** Removes a container that is not to run, then reports `outcome`. */
export function discard(state: LifeState, engineId: string, outcome: Outcome): Step {
  return step(
    { ...state, phase: "discarding", engineId, pending: outcome, failures: 0, retryArmed: false },
    { do: "disarm", timer: "retry" },
    { do: "abort-launch" },
    { do: "remove", engineId },
  );
}
