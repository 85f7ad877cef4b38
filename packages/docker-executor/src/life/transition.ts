import { attaching } from "./attaching.ts";
import { clearing } from "./clearing.ts";
import { creating } from "./creating.ts";
import { discarding } from "./discarding.ts";
import type { LifeEvent } from "./event.ts";
import type { Handlers } from "./handlers.ts";
import { looking } from "./looking.ts";
import { onEndAsked } from "./on-end-asked.ts";
import { fresh, preparing } from "./preparing.ts";
import { restoring } from "./restoring.ts";
import { running } from "./running.ts";
import { settling } from "./settling.ts";
import { starting } from "./starting.ts";
import type { LifeState, Phase } from "./state.ts";
import { stay, type Step } from "./step.ts";

/** Kill, destroy and the end of the allowed time mean something in every phase before the end is known. */
const endAsked: Handlers = {
  "kill-asked": onEndAsked,
  "destroy-asked": onEndAsked,
  "completion-time-over": onEndAsked,
};

/** The whole machine; the README shows it as a table. */
export const phases: Readonly<Record<Phase, Handlers>> = {
  new: { ...fresh, ...endAsked },
  preparing: { ...preparing, ...endAsked },
  creating: { ...creating, ...endAsked },
  looking: { ...looking, ...endAsked },
  clearing: { ...clearing, ...endAsked },
  restoring: { ...restoring, ...endAsked },
  attaching: { ...attaching, ...endAsked },
  starting: { ...starting, ...endAsked },
  running: { ...running, ...endAsked },
  settling: { ...settling, ...endAsked },
  discarding: { ...discarding, ...endAsked },
  terminated: {},
};

/**
 * The life of one task. Pure: what happens next follows from the state and the event alone. An event that a phase has no use for
 * changes nothing, so late answers do no harm. `nowMs` is the time of the event on one monotonic clock.
 */
export function transition(state: LifeState, event: LifeEvent, nowMs: number): Step {
  // A pause that was called off may still fire.
  if (event.type === "retry-due" && !state.retryArmed) return stay(state);
  const current = event.type === "retry-due" ? { ...state, retryArmed: false } : state;
  // The handler under an event's type takes events of that type, which the compiler cannot follow through the union.
  const handler = phases[state.phase][event.type] as
    | ((state: LifeState, event: LifeEvent, nowMs: number) => Step)
    | undefined;
  return handler === undefined ? stay(current) : handler(current, event, nowMs);
}
