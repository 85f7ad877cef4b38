import { createAgain, giveUp, takeContainer } from "./container-taken.ts";
import type { Handlers } from "./handlers.ts";
import type { LifeState } from "./state.ts";
import { pause, step } from "./step.ts";

/** How often an engine that is well may fail to create before it is believed. */
const mostCreateFailures = 5;

/** Whose container stands under our name? */
export const looking: Handlers = {
  "looked-up": (state, result, nowMs) => {
    switch (result.found) {
      case "ours":
        return takeContainer(state, result.engineId, result.started);
      case "stale":
        return step(
          { ...state, phase: "clearing", engineId: result.engineId, failures: 0 },
          { do: "remove", engineId: result.engineId },
        );
      case "unknown":
        return isHopeless(state, nowMs) ? giveUp(state, state.createError) : pause(state);
      case "nothing":
        // Taken and yet not there: the engine holds the name without a container. Only another name helps.
        if (state.lookingFor === "name-taken") return createAgain({ ...state, suffix: state.suffix + 1 });
        if (state.lookingFor === "create-unknown") return createAgain(state);
        // It answers other calls, so that its word on this one counts.
        if (state.createFailures + 1 >= mostCreateFailures) return giveUp(state, state.createError);
        return createAgain({ ...state, createFailures: state.createFailures + 1 });
      case "foreign":
        return createAgain({ ...state, suffix: state.suffix + 1 });
    }
  },
  "retry-due": (state) => step(state, { do: "look-up", suffix: state.suffix }),
};

/** The engine has not answered for so long that the launch is over. A name that is taken may be that of a task that runs: that is found out. */
function isHopeless(state: LifeState, nowMs: number): boolean {
  return state.lookingFor !== "name-taken" && nowMs >= (state.createUntilMs ?? nowMs);
}
