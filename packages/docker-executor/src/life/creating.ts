import { giveUp, takeContainer } from "./container-taken.ts";
import type { Handlers } from "./handlers.ts";
import type { LifeState } from "./state.ts";
import { pause, step, type Step } from "./step.ts";

/** Create has been asked for. */
export const creating: Handlers = {
  created: (state, { engineId }) => takeContainer(state, engineId, false),
  "patience-over": (state) => step(state, { do: "abort-launch" }),
  "create-failed": (state, { kind, message }, nowMs) => {
    switch (kind) {
      case "name-taken":
        return step({ ...state, phase: "looking", lookingFor: "name-taken" }, { do: "look-up", suffix: state.suffix });
      case "image-gone":
        if (state.end === undefined && !state.imageRestored && state.settings.canRestoreImage) {
          return step({ ...state, phase: "restoring" }, { do: "restore-image" });
        }
        return giveUp(state, `Failed to run docker container: ${message}`);
      case "refused":
        return giveUp(state, `Failed to run docker container: ${message}`);
      case "failed":
      case "unknown":
        return onUnclear({ ...state, createUncertain: true }, kind, message, nowMs);
    }
  },
};

/** The engine may still be at it, or may have been at it: look for what it has made before asking again. */
function onUnclear(state: LifeState, kind: "failed" | "unknown", message: string, nowMs: number): Step {
  const createUntilMs = state.createUntilMs ?? nowMs + state.settings.createRetryMs;
  const createError = `Failed to run docker container: ${message}`;
  const looking: LifeState = { ...state, phase: "looking", lookingFor: `create-${kind}`, createUntilMs, createError };
  if (state.end !== undefined) return step(looking, { do: "look-up", suffix: state.suffix });
  return nowMs >= createUntilMs ? giveUp(state, createError) : pause(looking);
}
