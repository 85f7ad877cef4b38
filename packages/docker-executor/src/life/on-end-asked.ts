import { alarmMs, beginEnd, climb } from "./end-ladder.ts";
import type { LifeEvent } from "./event.ts";
import { inspectNow } from "./inspecting.ts";
import { endedDuringLaunch } from "./outcome.ts";
import type { EndRequest, LifeState } from "./state.ts";
import { discard, finish, stay, step, type Step } from "./step.ts";

type EndEvent = Extract<LifeEvent, { type: "kill-asked" | "destroy-asked" | "completion-time-over" }>;

/** A kill, a destroy or the end of the allowed time, in whatever phase it comes. The first cause stands; time only gets shorter. */
export function onEndAsked(state: LifeState, event: EndEvent, nowMs: number): Step {
  const removeAtOnce = state.removeAtOnce || event.type === "destroy-asked";
  if (state.phase === "settling" || state.phase === "discarding") return stay({ ...state, removeAtOnce });
  const asked = request(event, nowMs);
  if (state.end === undefined) {
    const result = endNow({ ...state, removeAtOnce, end: asked }, asked, nowMs);
    return step(result.state, { do: "disarm", timer: "completion" }, ...result.effects);
  }
  if (asked.dueMs >= state.end.dueMs) return stay({ ...state, removeAtOnce });
  return endSooner({ ...state, removeAtOnce, end: { ...state.end, dueMs: asked.dueMs } }, nowMs);
}

function request(event: EndEvent, nowMs: number): EndRequest {
  if (event.type === "completion-time-over") return { cause: "completion-time", dueMs: nowMs };
  return { cause: "killed", dueMs: event.type === "kill-asked" ? nowMs + event.graceMs : nowMs };
}

function endNow(state: LifeState, end: EndRequest, nowMs: number): Step {
  switch (state.phase) {
    case "new":
      return finish(state, endedDuringLaunch(end.cause));
    case "preparing":
    case "restoring":
      return step(state, { do: "abort-launch" });
    case "creating":
      // A create that is cut off goes on in the engine: its answer says what to remove.
      return step(state, { do: "arm", timer: "patience", afterMs: state.settings.createPatienceMs });
    case "looking":
      if (!state.retryArmed) return stay(state);
      return step(
        { ...state, retryArmed: false },
        { do: "disarm", timer: "retry" },
        { do: "look-up", suffix: state.suffix },
      );
    case "attaching":
      if (state.adoptedStarted) return beginEnd({ ...state, phase: "running" }, nowMs);
      return state.engineId === undefined ? stay(state) : discard(state, state.engineId, endedDuringLaunch(end.cause));
    case "starting":
      return endStarting(state, nowMs);
    case "running":
      return beginEnd(state, nowMs);
    case "clearing":
    case "settling":
    case "discarding":
    case "terminated":
      return stay(state);
  }
}

/** Start is under way: with grace its outcome is waited for, so that a task that runs by then hears of its end by signal. */
function endStarting(state: LifeState, nowMs: number): Step {
  const { end, engineId } = state;
  if (end === undefined || engineId === undefined) return stay(state);
  const leftMs = end.dueMs - nowMs;
  if (leftMs <= 0) return discard(state, engineId, endedDuringLaunch(end.cause));
  const look = state.startFailure === undefined ? stay(state) : inspectNow(state);
  return step(look.state, { do: "arm", timer: "grace", afterMs: alarmMs(leftMs) }, ...look.effects);
}

function endSooner(state: LifeState, nowMs: number): Step {
  if (state.phase === "starting") return endStarting(state, nowMs);
  if (state.phase !== "running" || state.kill !== "idle") return stay(state);
  const leftMs = (state.end?.dueMs ?? nowMs) - nowMs;
  return leftMs <= 0 ? climb(state) : step(state, { do: "arm", timer: "grace", afterMs: leftMs });
}
