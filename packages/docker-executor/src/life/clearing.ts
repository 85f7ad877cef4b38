import { createAgain } from "./container-taken.ts";
import type { Handlers } from "./handlers.ts";
import { pause, stay, step } from "./step.ts";

/** A container of ours from another request stands in the way and is being removed. */
export const clearing: Handlers = {
  removed: createAgain,
  "remove-unsure": pause,
  "retry-due": (state) =>
    state.engineId === undefined ? stay(state) : step(state, { do: "remove", engineId: state.engineId }),
};
