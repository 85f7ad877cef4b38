import { beginEnd, climb } from "./end-ladder.ts";
import type { LifeEffect } from "./effect.ts";
import type { InspectView } from "./event.ts";
import { inspectNow } from "./inspecting.ts";
import type { ExitFacts } from "./outcome.ts";
import type { LifeState } from "./state.ts";
import { pause, stay, step, type Step } from "./step.ts";

/** Inspect has answered for a container that was started. */
export function onInspected(state: LifeState, view: InspectView, nowMs: number): Step {
  switch (view.view) {
    case "running":
      return onStillRunning(state, nowMs);
    case "exited":
      return settle(state, view.exit, !state.confirmed && state.end === undefined);
    case "gone":
      // Removed by hand. Wait may have said how it ended; if not, nobody knows.
      return settle(state, { exitCode: state.exitHint, oomKilled: false }, false);
    case "not-started":
    case "removing":
    case "unknown":
      return pause({ ...state, inspectAgain: false });
  }
}

function onStillRunning(state: LifeState, nowMs: number): Step {
  const effects: LifeEffect[] = [];
  let next: LifeState = { ...state, confirmed: true, inspectAgain: false };
  if (!state.confirmed && state.end === undefined) effects.push({ do: "announce", state: "TASK_RUNNING" });
  if (state.wait === "failed") {
    next = { ...next, wait: "pending", exitHint: undefined };
    effects.push({ do: "wait", condition: "not-running" });
  }
  const ladder = followUp(next, nowMs);
  const again = state.inspectAgain ? inspectNow(ladder.state) : stay(ladder.state);
  return step(again.state, ...effects, ...ladder.effects, ...again.effects);
}

/** It still runs; what, if it was told to end? */
function followUp(state: LifeState, nowMs: number): Step {
  if (state.end === undefined || state.kill === "pending") return stay(state);
  // Killed, says the engine, and yet it runs: looked at and killed again after a pause.
  if (state.kill !== "idle") return state.retryArmed ? stay(state) : pause(state);
  if (state.stop === "done") return climb(state);
  return state.stop === "pending" ? stay(state) : beginEnd(state, nowMs);
}

/** `hasRun`: it was over before anybody had seen it run, and its inspect answer says that it did. */
function settle(state: LifeState, exit: ExitFacts, hasRun: boolean): Step {
  const effects: LifeEffect[] = hasRun ? [{ do: "announce", state: "TASK_RUNNING" }] : [];
  return step(
    { ...state, phase: "settling", exit, confirmed: true, retryArmed: false, inspectAgain: false },
    ...effects,
    { do: "disarm", timer: "retry" },
    { do: "disarm", timer: "grace" },
    { do: "disarm", timer: "completion" },
    { do: "settle" },
  );
}
