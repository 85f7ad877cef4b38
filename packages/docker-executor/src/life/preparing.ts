import type { LifeEffect } from "./effect.ts";
import type { Handlers } from "./handlers.ts";
import { endedDuringLaunch, launchFailure } from "./outcome.ts";
import { finish, step } from "./step.ts";

/** Nothing has happened yet. */
export const fresh: Handlers = {
  begin: (state) => {
    const effects: LifeEffect[] = [{ do: "announce", state: "TASK_STARTING" }];
    const { maxCompletionMs } = state.settings;
    if (maxCompletionMs !== undefined && maxCompletionMs > 0) {
      effects.push({ do: "arm", timer: "completion", afterMs: maxCompletionMs });
    }
    return step({ ...state, phase: "preparing" }, ...effects, { do: "prepare" });
  },
};

/** Files and image are on their way. */
export const preparing: Handlers = {
  prepared: (state) => {
    if (state.end !== undefined) return finish(state, endedDuringLaunch(state.end.cause));
    return step({ ...state, phase: "creating" }, { do: "create", suffix: state.suffix });
  },
  "prepare-failed": (state, { message }) => {
    if (state.end !== undefined) return finish(state, endedDuringLaunch(state.end.cause));
    return finish(state, launchFailure(`Failed to launch container: ${message}`));
  },
};
