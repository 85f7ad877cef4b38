import { endedDuringLaunch, launchFailure } from "./outcome.ts";
import type { LifeState } from "./state.ts";
import { discard, finish, step, type Step } from "./step.ts";

/** Names that others hold are not tried for ever. */
const mostSuffixes = 8;

/** There is a container of ours: on to its logs and its end, or away with it. */
export function takeContainer(state: LifeState, engineId: string, started: boolean): Step {
  const taken: LifeState = { ...state, engineId, adoptedStarted: started, failures: 0 };
  if (state.end !== undefined) return discard(taken, engineId, endedDuringLaunch(state.end.cause));
  return step(
    { ...taken, phase: "attaching", attach: "pending", wait: "pending" },
    { do: "attach" },
    { do: "wait", condition: started ? "not-running" : "next-exit" },
  );
}

export function createAgain(state: LifeState): Step {
  if (state.end !== undefined) return finish(state, endedDuringLaunch(state.end.cause));
  if (state.suffix > mostSuffixes) {
    return giveUp(state, `Failed to run docker container: its name and ${mostSuffixes} others are taken`);
  }
  return step({ ...state, phase: "creating", engineId: undefined }, { do: "create", suffix: state.suffix });
}

/** The launch has failed without a container. */
export function giveUp(state: LifeState, message: string): Step {
  return finish(state, state.end === undefined ? launchFailure(message) : endedDuringLaunch(state.end.cause));
}
