import type { LifeEffect } from "./effect.ts";
import type { LifeState } from "./state.ts";
import { stay, step, type Step } from "./step.ts";

const stopMarginMs = 1_000;
/** What fits into the timers of everybody involved, 23 days. */
const longestStopSeconds = 2_000_000;

/** The first rung, or the same again when it had no answer: stop with the grace that is left, or SIGKILL when there is none. */
export function beginEnd(state: LifeState, nowMs: number): Step {
  const { end } = state;
  if (end === undefined) return stay(state);
  const effects: LifeEffect[] = [];
  let next = state;
  if (state.settings.taskKillingState && !state.killingSent && end.cause === "killed") {
    effects.push({ do: "announce", state: "TASK_KILLING" });
    next = { ...next, killingSent: true };
  }
  const leftMs = end.dueMs - nowMs;
  if (leftMs <= 0) {
    const killing = climb(next);
    return step(killing.state, ...effects, ...killing.effects);
  }
  return step(
    { ...next, stop: "pending" },
    ...effects,
    { do: "arm", timer: "grace", afterMs: alarmMs(leftMs) },
    // The clock has fractions: 7000.0000001 ms are 7 s, not 8.
    { do: "stop", graceSeconds: Math.min(Math.ceil(Math.round(leftMs) / 1000), longestStopSeconds) },
  );
}

/** The time is up: SIGKILL. A stop under way does no harm. */
export function climb(state: LifeState): Step {
  if (state.kill === "pending") return stay(state);
  return step({ ...state, kill: "pending" }, { do: "disarm", timer: "grace" }, { do: "kill" });
}

/** The engine kills by itself when whole seconds are over; ours is the reserve then, and the only one for a fraction. */
export function alarmMs(leftMs: number): number {
  const wholeMs = Math.round(leftMs);
  return wholeMs % 1000 === 0 ? wholeMs + stopMarginMs : wholeMs;
}
