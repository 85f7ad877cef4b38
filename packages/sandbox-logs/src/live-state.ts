/** How one live stream ended. `clean`: an orderly end between two frames, which an exit gives but an engine restart gives too. */
export interface StreamEnd {
  readonly clean: boolean;
  readonly why: string;
}

/** Where the live source of one container stands. `broken` says why it was not one whole stream, once it was not. */
export type LiveState =
  | { readonly at: "idle" }
  | { readonly at: "streaming"; readonly broken?: string }
  /** Ended in order; waits a moment for word of the exit that explains it. */
  | { readonly at: "ended"; readonly why: string; readonly broken?: string }
  | { readonly at: "reattaching"; readonly attempt: number; readonly broken: string }
  /** Attached again; the hole before it is being filled. */
  | { readonly at: "joining"; readonly attempt: number; readonly broken: string }
  /** The exit is known, the rest of the stream is on its way. */
  | { readonly at: "draining"; readonly broken?: string }
  /** The exit is known, the engine's own log is asked for what is missing. */
  | { readonly at: "completing"; readonly broken: string }
  | { readonly at: "whole" };

export type LiveEvent =
  | { readonly type: "attached" }
  | { readonly type: "ended"; readonly end: StreamEnd }
  /** No word of an exit came in time. */
  | { readonly type: "grace-over" }
  | { readonly type: "reattach-failed" }
  | { readonly type: "joined" }
  | { readonly type: "exit-known" }
  /** The exit is known and the stream has said nothing for long, and does not end. */
  | { readonly type: "drain-stalled" };

export type LiveEffect = "wait-for-exit" | "reattach" | "join" | "watch-drain" | "complete" | "finish";

export interface LiveStep {
  readonly state: LiveState;
  readonly effects: readonly LiveEffect[];
}

/**
 * What follows from an event. The rule for a whole stream: attached before the start, one stream, ended in order, and the exit was
 * known before that end or within the moment after it. Everything else is checked against the engine's own log after the exit.
 */
export function transition(state: LiveState, event: LiveEvent): LiveStep {
  switch (event.type) {
    case "attached":
      if (state.at === "idle") return step({ at: "streaming" });
      if (state.at === "reattaching") return step({ ...state, at: "joining" }, "join");
      return step(state);
    case "ended":
      return ended(state, event.end);
    case "grace-over":
      if (state.at !== "ended") return step(state);
      return step({ at: "reattaching", attempt: 1, broken: state.broken ?? state.why }, "reattach");
    case "reattach-failed":
      if (state.at !== "reattaching") return step(state);
      return step({ ...state, attempt: state.attempt + 1 }, "reattach");
    case "joined":
      return step(state.at === "joining" ? { at: "streaming", broken: state.broken } : state);
    case "exit-known":
      return exitKnown(state);
    case "drain-stalled":
      if (state.at !== "draining") return step(state);
      return step({ at: "completing", broken: state.broken ?? "the stream went silent after the exit" }, "complete");
  }
}

function ended(state: LiveState, end: StreamEnd): LiveStep {
  switch (state.at) {
    case "streaming":
      if (end.clean) return step({ ...state, at: "ended", why: end.why }, "wait-for-exit");
      return step({ at: "reattaching", attempt: 1, broken: state.broken ?? end.why }, "reattach");
    case "joining":
      // What it brought becomes part of the hole.
      return step({ ...state, at: "reattaching", attempt: state.attempt + 1 }, "reattach");
    case "draining":
      if (end.clean && state.broken === undefined) return step({ at: "whole" }, "finish");
      return step({ at: "completing", broken: state.broken ?? end.why }, "complete");
    case "idle":
    case "ended":
    case "reattaching":
    case "completing":
    case "whole":
      return step(state);
  }
}

function exitKnown(state: LiveState): LiveStep {
  switch (state.at) {
    case "streaming":
      return step({ ...state, at: "draining" }, "watch-drain");
    case "ended":
      if (state.broken === undefined) return step({ at: "whole" }, "finish");
      return step({ at: "completing", broken: state.broken }, "complete");
    case "idle":
      return step({ at: "completing", broken: "never attached" }, "complete");
    case "reattaching":
    case "joining":
      return step({ at: "completing", broken: state.broken }, "complete");
    case "draining":
    case "completing":
    case "whole":
      return step(state);
  }
}

function step(state: LiveState, ...effects: readonly LiveEffect[]): LiveStep {
  return { state, effects };
}
