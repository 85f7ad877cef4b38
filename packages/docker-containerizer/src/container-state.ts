/** What a container is at, as the original names it. `ENDED` is ours: reported, about to be forgotten. */
export type ContainerPhase = "FETCHING" | "PULLING" | "RUNNING";

export type ContainerState =
  | { readonly phase: ContainerPhase; readonly answered: boolean }
  | { readonly phase: "DESTROYING"; readonly during: ContainerPhase; readonly answered: boolean }
  | { readonly phase: "ENDED" };

export type ContainerEvent =
  /** Every URI is in the sandbox. */
  | { readonly type: "fetched" }
  /** The image is there, the container is being created. */
  | { readonly type: "pulled" }
  /** TASK_RUNNING has been sent. */
  | { readonly type: "launched" }
  | { readonly type: "destroy-requested" }
  /** The executor has proof that it is over. */
  | { readonly type: "terminated" };

export type ContainerEffect =
  /** Tell the executor to end everything at once. */
  | { readonly type: "destroy" }
  | { readonly type: "answer-launch"; readonly answer: "launched" | "failed" | "destroyed" }
  /** Tell everybody who waits, then forget the container. `destroyedDuring` is absent when it ended by itself. */
  | { readonly type: "report"; readonly destroyedDuring: ContainerPhase | undefined };

export interface Transition {
  readonly state: ContainerState;
  readonly effects: readonly ContainerEffect[];
}

export const initialState: ContainerState = { phase: "FETCHING", answered: false };

/** The whole life of a container's record. Events that a state has no use for change nothing. */
export function transition(state: ContainerState, event: ContainerEvent): Transition {
  if (state.phase === "ENDED") return { state, effects: [] };
  switch (event.type) {
    case "fetched":
      return state.phase === "FETCHING" ? move({ ...state, phase: "PULLING" }) : { state, effects: [] };
    case "pulled":
      return state.phase === "PULLING" ? move({ ...state, phase: "RUNNING" }) : { state, effects: [] };
    case "launched":
      if (state.answered) return { state, effects: [] };
      return move({ ...state, answered: true }, { type: "answer-launch", answer: "launched" });
    case "destroy-requested":
      if (state.phase === "DESTROYING") return { state, effects: [] };
      return move({ phase: "DESTROYING", during: state.phase, answered: state.answered }, { type: "destroy" });
    case "terminated": {
      const destroyedDuring = state.phase === "DESTROYING" ? state.during : undefined;
      const effects: ContainerEffect[] = [{ type: "report", destroyedDuring }];
      if (!state.answered) {
        effects.push({ type: "answer-launch", answer: destroyedDuring === undefined ? "failed" : "destroyed" });
      }
      return move({ phase: "ENDED" }, ...effects);
    }
  }
}

function move(state: ContainerState, ...effects: readonly ContainerEffect[]): Transition {
  return { state, effects };
}
