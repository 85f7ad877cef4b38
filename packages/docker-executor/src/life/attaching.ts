import type { LifeEffect } from "./effect.ts";
import type { Handlers } from "./handlers.ts";
import { launchFailure } from "./outcome.ts";
import type { LifeState } from "./state.ts";
import { discard, pause, stay, step, type Step } from "./step.ts";

/** The log reader and the wait must both stand before start, so that neither a byte nor the exit is missed. */
export const attaching: Handlers = {
  attached: (state) => (state.attach === "pending" ? proceed({ ...state, attach: "done" }) : stay(state)),
  "attach-failed": (state, { final, message }) => {
    if (state.attach !== "pending") return stay(state);
    if (final) return discard(state, state.engineId ?? "", launchFailure(`Failed to run docker container: ${message}`));
    return pauseOnce({ ...state, attach: "failed" });
  },
  "wait-accepted": (state) => (state.wait === "pending" ? proceed({ ...state, wait: "done" }) : stay(state)),
  "wait-ended": (state, { exitCode }) => {
    // One that was adopted after its end answers at once; any other answer is that of a start that failed.
    if (state.adoptedStarted) return proceed({ ...state, wait: "done", exitHint: exitCode });
    return state.wait === "failed" ? stay(state) : pauseOnce({ ...state, wait: "failed" });
  },
  "wait-broken": (state) => (state.wait === "failed" ? stay(state) : pauseOnce({ ...state, wait: "failed" })),
  "retry-due": (state) => {
    const effects: LifeEffect[] = [];
    if (state.attach === "failed") effects.push({ do: "attach" });
    if (state.wait === "failed") {
      effects.push({ do: "wait", condition: state.adoptedStarted ? "not-running" : "next-exit" });
    }
    const attach = state.attach === "failed" ? "pending" : state.attach;
    const wait = state.wait === "failed" ? "pending" : state.wait;
    return step({ ...state, attach, wait }, ...effects);
  },
};

function pauseOnce(state: LifeState): Step {
  return state.retryArmed ? stay(state) : pause(state);
}

function proceed(state: LifeState): Step {
  if (state.attach !== "done" || state.wait !== "done") return stay(state);
  const ready: LifeState = {
    ...state,
    failures: state.portRetryUntilMs === undefined ? 0 : state.failures,
    retryArmed: false,
  };
  const disarm: LifeEffect = { do: "disarm", timer: "retry" };
  if (state.adoptedStarted) return step({ ...ready, phase: "running", inspecting: true }, disarm, { do: "inspect" });
  return step({ ...ready, phase: "starting", startFailure: undefined }, disarm, { do: "start" });
}
