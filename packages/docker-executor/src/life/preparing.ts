import type { LifeEffect } from "./effect.ts";
import type { Handlers } from "./handlers.ts";
import { endedDuringLaunch, launchFailure } from "./outcome.ts";
import type { LifeState } from "./state.ts";
import { finish, step } from "./step.ts";

/** Nothing has happened yet. */
export const fresh: Handlers = {
  begin: (state) =>
    step({ ...state, phase: "preparing" }, { do: "announce", state: "TASK_STARTING" }, { do: "prepare" }),
};

/** Files and image are on their way. */
export const preparing: Handlers = {
  prepared: (state) => {
    if (state.end !== undefined) return finish(state, endedDuringLaunch(state.end.cause));
    return step({ ...state, phase: "creating" }, ...armCompletion(state), { do: "create", suffix: state.suffix });
  },
  "prepare-failed": (state, { message }) => {
    if (state.end !== undefined) return finish(state, endedDuringLaunch(state.end.cause));
    return finish(state, launchFailure(`Failed to launch container: ${message}`));
  },
};

/** The task's own time: a slow registry takes nothing of it. With the original too it begins when its executor does, after fetch and pull. */
function armCompletion({ settings: { maxCompletionMs } }: LifeState): LifeEffect[] {
  if (maxCompletionMs === undefined || maxCompletionMs <= 0) return [];
  return [{ do: "arm", timer: "completion", afterMs: maxCompletionMs }];
}
