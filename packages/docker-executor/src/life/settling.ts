import type { Handlers } from "./handlers.ts";
import { exitOutcome } from "./outcome.ts";
import { finish } from "./step.ts";

/** It has ended; its logs are being completed. */
export const settling: Handlers = {
  settled: (state, { memory, logsIncomplete }) => {
    const exit = state.exit ?? { exitCode: undefined, oomKilled: false };
    const outcome = exitOutcome(exit, state.end?.cause, memory);
    // Lost output does not change how a task has ended, but nobody may have to find out by comparing.
    const said = logsIncomplete === undefined ? "" : `; its logs are incomplete: ${logsIncomplete}`;
    return finish(state, { ...outcome, message: outcome.message + said }, state.engineId);
  },
};
