import { describe, expect, it } from "vitest";
import { type ContainerEvent, initialState, transition } from "../src/container-state.ts";

type EventType = ContainerEvent["type"];

function play(...events: readonly EventType[]) {
  let state = initialState;
  const effects: string[] = [];
  for (const type of events) {
    const next = transition(state, { type });
    state = next.state;
    for (const effect of next.effects) {
      const detail =
        effect.type === "answer-launch" ? effect.answer : effect.type === "report" ? effect.destroyedDuring : undefined;
      effects.push(detail === undefined ? effect.type : `${effect.type} ${detail}`);
    }
  }
  return { state: state.phase, effects };
}

describe("the life of a container's record", () => {
  it.each<{ events: readonly EventType[]; state: string; effects: readonly string[] }>([
    { events: [], state: "FETCHING", effects: [] },
    { events: ["fetched"], state: "PULLING", effects: [] },
    { events: ["fetched", "pulled"], state: "RUNNING", effects: [] },
    { events: ["fetched", "pulled", "launched"], state: "RUNNING", effects: ["answer-launch launched"] },
    {
      events: ["fetched", "pulled", "launched", "terminated"],
      state: "ENDED",
      effects: ["answer-launch launched", "report"],
    },
    { events: ["terminated"], state: "ENDED", effects: ["report", "answer-launch failed"] },
    { events: ["fetched", "terminated"], state: "ENDED", effects: ["report", "answer-launch failed"] },
    { events: ["destroy-requested"], state: "DESTROYING", effects: ["destroy"] },
    { events: ["destroy-requested", "destroy-requested"], state: "DESTROYING", effects: ["destroy"] },
    {
      events: ["destroy-requested", "terminated"],
      state: "ENDED",
      effects: ["destroy", "report FETCHING", "answer-launch destroyed"],
    },
    {
      events: ["fetched", "destroy-requested", "pulled", "terminated"],
      state: "ENDED",
      effects: ["destroy", "report PULLING", "answer-launch destroyed"],
    },
    {
      events: ["fetched", "pulled", "launched", "destroy-requested", "terminated", "destroy-requested"],
      state: "ENDED",
      effects: ["answer-launch launched", "destroy", "report RUNNING"],
    },
    // TASK_RUNNING was on its way when the destroy came: the launch did happen.
    {
      events: ["fetched", "pulled", "destroy-requested", "launched", "terminated"],
      state: "ENDED",
      effects: ["destroy", "answer-launch launched", "report RUNNING"],
    },
  ])("$events ends in $state", ({ events, state, effects }) => {
    expect(play(...events)).toEqual({ state, effects });
  });
});
