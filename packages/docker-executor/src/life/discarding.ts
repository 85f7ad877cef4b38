import type { Handlers } from "./handlers.ts";
import { launchFailure } from "./outcome.ts";
import { finish, pause, stay, step } from "./step.ts";

/** A container that is not to run is being removed; the task has ended when it is gone. */
export const discarding: Handlers = {
  removed: (state) => finish(state, state.pending ?? launchFailure("Failed to run docker container")),
  "remove-unsure": pause,
  "retry-due": (state) =>
    state.engineId === undefined ? stay(state) : step(state, { do: "remove", engineId: state.engineId }),
};
