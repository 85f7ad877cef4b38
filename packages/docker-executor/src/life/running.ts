import { climb } from "./end-ladder.ts";
import type { LifeEffect } from "./effect.ts";
import type { Handlers } from "./handlers.ts";
import { inspectNow } from "./inspecting.ts";
import { onInspected } from "./on-inspected.ts";
import type { LifeState } from "./state.ts";
import { pause, stay, step, type Step } from "./step.ts";

/** The first process has run. Everything that hints at an end leads to an inspect; only inspect ends it. */
export const running: Handlers = {
  "wait-accepted": (state) => stay({ ...state, wait: "done", failures: 0 }),
  "wait-ended": (state, { exitCode }) => inspectNow({ ...state, wait: "failed", exitHint: exitCode }),
  "wait-broken": (state) => inspectLater({ ...state, wait: "failed" }),
  "look-again": inspectNow,
  inspected: (state, event, nowMs) => onInspected({ ...state, inspecting: false }, event, nowMs),
  "stop-answered": (state) => inspectNow({ ...state, stop: "done" }),
  "stop-failed": (state) => inspectLater({ ...state, stop: "failed" }),
  "kill-answered": (state) => inspectNow({ ...state, kill: "done" }),
  "kill-failed": (state) => {
    // An engine that does not answer can be gone around.
    const later = inspectLater({ ...state, kill: "failed" });
    return step(later.state, { do: "kill-process" }, ...later.effects);
  },
  "grace-over": (state) => (state.end === undefined ? stay(state) : climb(state)),
  "retry-due": (state) => {
    const look = inspectNow(state);
    if (state.kill !== "done" && state.kill !== "failed") return look;
    // Told to end, and it has not: once more, past the engine too.
    const effects: LifeEffect[] = [{ do: "kill-process" }, { do: "kill" }];
    return step({ ...look.state, kill: "pending" }, ...effects, ...look.effects);
  },
};

function inspectLater(state: LifeState): Step {
  if (state.inspecting) return stay({ ...state, inspectAgain: true });
  return state.retryArmed ? stay(state) : pause(state);
}
