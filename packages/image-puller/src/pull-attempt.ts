import { type EngineClient, isEngineError, type RegistryAuth } from "@berth/engine-client";
import type { PullBudgets } from "./pull-budgets.ts";
import { initialPullState, type PullState, transition } from "./pull-state.ts";

/** How one request to the engine ended. */
export type AttemptOutcome =
  /** The engine said that it has finished. */
  | { readonly kind: "complete"; readonly state: PullState }
  /** The stream ended, or was cut, without a final line: the image may be there or not. */
  | { readonly kind: "cut-off"; readonly state: PullState; readonly cause: unknown }
  | { readonly kind: "failed"; readonly state: PullState; readonly words: string; readonly cause: unknown }
  | { readonly kind: "stalled"; readonly state: PullState; readonly budgetMs: number }
  | { readonly kind: "aborted"; readonly state: PullState };

export interface AttemptRequest {
  readonly reference: string;
  readonly platform: string | undefined;
  readonly auth: RegistryAuth | undefined;
  readonly budgets: PullBudgets;
  readonly signal: AbortSignal;
  readonly onState: (state: PullState) => void;
  /** Downloads of other pulls that moved on since it was last asked: they may hold the engine's download slots. */
  readonly othersMoved: () => boolean;
}

/** One `POST /images/create`, read to its end under the budget of the phase it is in. Never rejects. */
export async function attemptPull(
  { images }: Pick<EngineClient, "images">,
  request: AttemptRequest,
): Promise<AttemptOutcome> {
  const { budgets, signal, onState } = request;
  const stall = new AbortController();
  let state: PullState = initialPullState;
  let timer: NodeJS.Timeout | undefined;
  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(fire, budgetOf(state, budgets));
  };
  const fire = () => {
    if (onlyWaits(state) && request.othersMoved()) arm();
    else stall.abort();
  };
  request.othersMoved();
  arm();
  try {
    const lines = images.pull(request.reference, {
      signal: AbortSignal.any([signal, stall.signal]),
      // The phases have budgets of their own; the first line may take as long as `beginMs`.
      budgetMs: budgets.beginMs * 2,
      platform: request.platform,
      auth: request.auth,
    });
    for await (const line of lines) {
      const next = transition(state, line);
      const phaseChanged = next.state.phase !== state.phase;
      state = next.state;
      if (next.advanced || phaseChanged) arm();
      if (state.failure !== undefined) return { kind: "failed", state, words: state.failure, cause: undefined };
      onState(state);
    }
    return state.complete ? { kind: "complete", state } : endedEarly(state, undefined);
  } catch (cause) {
    return endedEarly(state, cause);
  } finally {
    clearTimeout(timer);
  }

  function endedEarly(state: PullState, cause: unknown): AttemptOutcome {
    if (signal.aborted) return { kind: "aborted", state };
    if (stall.signal.aborted) return { kind: "stalled", state, budgetMs: budgetOf(state, budgets) };
    if (cause === undefined || (state.phase !== "begin" && isEngineError(cause, "unreachable", "protocol"))) {
      return { kind: "cut-off", state, cause };
    }
    return { kind: "failed", state, words: wordsOf(cause), cause };
  }
}

function budgetOf({ phase }: PullState, budgets: PullBudgets): number {
  switch (phase) {
    case "begin":
      return budgets.beginMs;
    case "download":
      return budgets.downloadStallMs;
    case "extract":
      return budgets.extractStallMs;
  }
}

/** Whether all that is left to download waits for a place among the engine's downloads, which all pulls share. */
function onlyWaits({ phase, layers }: PullState): boolean {
  const all = [...layers.values()];
  const busy = (status: string) => ["starting", "downloading", "verifying", "retrying"].includes(status);
  return phase === "download" && all.length > 0 && !all.some(({ status }) => busy(status));
}

/** The engine's own words, without the name of the call before them. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return isEngineError(error) && text.startsWith(`${error.call}: `) ? text.slice(error.call.length + 2) : text;
}
