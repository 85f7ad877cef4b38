import type { LifeState } from "./state.ts";
import { stay, step, type Step } from "./step.ts";

/** One inspect at a time: who asks while one is under way gets another after it. */
export function inspectNow(state: LifeState): Step {
  if (state.inspecting) return stay({ ...state, inspectAgain: true });
  return step({ ...state, inspecting: true }, { do: "inspect" });
}
