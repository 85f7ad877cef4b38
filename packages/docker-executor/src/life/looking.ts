import { createAgain, takeContainer } from "./container-taken.ts";
import type { Handlers } from "./handlers.ts";
import { pause, step } from "./step.ts";

/** Whose container stands under our name? */
export const looking: Handlers = {
  "looked-up": (state, result) => {
    switch (result.found) {
      case "ours":
        return takeContainer(state, result.engineId, result.started);
      case "stale":
        return step(
          { ...state, phase: "clearing", engineId: result.engineId, failures: 0 },
          { do: "remove", engineId: result.engineId },
        );
      case "unknown":
        return pause(state);
      case "nothing":
        // Taken and yet not there: the engine holds the name without a container. Only another name helps.
        return createAgain(state.lookingFor === "name-taken" ? { ...state, suffix: state.suffix + 1 } : state);
      case "foreign":
        return createAgain({ ...state, suffix: state.suffix + 1 });
    }
  },
  "retry-due": (state) => step(state, { do: "look-up", suffix: state.suffix }),
};
