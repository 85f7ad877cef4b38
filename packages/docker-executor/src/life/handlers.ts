import type { LifeEvent } from "./event.ts";
import type { LifeState } from "./state.ts";
import type { Step } from "./step.ts";

/** What a phase does with the events it has a use for; all others change nothing. */
export type Handlers = {
  readonly [Type in LifeEvent["type"]]?: (
    state: LifeState,
    event: Extract<LifeEvent, { type: Type }>,
    nowMs: number,
  ) => Step;
};
