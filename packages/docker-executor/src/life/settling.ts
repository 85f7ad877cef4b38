import type { Handlers } from "./handlers.ts";
import { exitOutcome } from "./outcome.ts";
import { finish } from "./step.ts";

/** It has ended; its logs are being completed. */
export const settling: Handlers = {
  settled: (state, { memory }) => {
    const exit = state.exit ?? { exitCode: undefined, oomKilled: false };
    return finish(state, exitOutcome(exit, state.end?.cause, memory), state.engineId);
  },
};
