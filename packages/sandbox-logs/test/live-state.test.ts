import { describe, expect, it } from "vitest";
import { type LiveEvent, type LiveState, transition } from "../src/live-state.ts";

const end = (clean: boolean): LiveEvent => ({ type: "ended", end: { clean, why: "it ended" } });
const exit: LiveEvent = { type: "exit-known" };
const attached: LiveEvent = { type: "attached" };

function after(...events: readonly LiveEvent[]) {
  let state: LiveState = { at: "idle" };
  let effects: readonly string[] = [];
  for (const event of events) ({ state, effects } = transition(state, event));
  return { at: state.at, effects };
}

describe("the live source", () => {
  it.each<{ id: string; events: LiveEvent[]; at: LiveState["at"]; effects: string[] }>([
    { id: "exit, then an orderly end: whole", events: [attached, exit, end(true)], at: "whole", effects: ["finish"] },
    {
      id: "an orderly end, then the exit: whole",
      events: [attached, end(true), exit],
      at: "whole",
      effects: ["finish"],
    },
    {
      id: "exit, then a cut: the log is asked",
      events: [attached, exit, end(false)],
      at: "completing",
      effects: ["complete"],
    },
    { id: "an orderly end waits for the exit", events: [attached, end(true)], at: "ended", effects: ["wait-for-exit"] },
    {
      id: "no exit comes: attach again",
      events: [attached, end(true), { type: "grace-over" }],
      at: "reattaching",
      effects: ["reattach"],
    },
    { id: "a cut: attach again at once", events: [attached, end(false)], at: "reattaching", effects: ["reattach"] },
    { id: "attached again: join", events: [attached, end(false), attached], at: "joining", effects: ["join"] },
    {
      id: "refused: once more",
      events: [attached, end(false), { type: "reattach-failed" }],
      at: "reattaching",
      effects: ["reattach"],
    },
    {
      id: "ended while joining: once more",
      events: [attached, end(false), attached, end(true)],
      at: "reattaching",
      effects: ["reattach"],
    },
    {
      id: "joined, orderly end after exit: still checked",
      events: [attached, end(false), attached, { type: "joined" }, exit, end(true)],
      at: "completing",
      effects: ["complete"],
    },
    { id: "exit while attaching again", events: [attached, end(false), exit], at: "completing", effects: ["complete"] },
    {
      id: "exit while joining",
      events: [attached, end(false), attached, exit],
      at: "completing",
      effects: ["complete"],
    },
    {
      id: "silent after the exit",
      events: [attached, exit, { type: "drain-stalled" }],
      at: "completing",
      effects: ["complete"],
    },
    { id: "never attached", events: [exit], at: "completing", effects: ["complete"] },
  ])("$id", ({ events, at, effects }) => {
    expect(after(...events)).toEqual({ at, effects });
  });

  it("lets late events pass", () => {
    const late: LiveEvent[] = [
      attached,
      end(true),
      end(false),
      exit,
      { type: "grace-over" },
      { type: "joined" },
      { type: "drain-stalled" },
      { type: "reattach-failed" },
    ];
    for (const state of [{ at: "whole" }, { at: "completing", broken: "it ended" }] as const) {
      for (const event of late) expect(transition(state, event)).toEqual({ state, effects: [] });
    }
  });

  it("counts the tries, so that the back-off grows while the engine is away", () => {
    let state: LiveState = { at: "reattaching", attempt: 1, broken: "it ended" };
    for (const event of [{ type: "reattach-failed" }, attached, end(true), { type: "reattach-failed" }] as const)
      state = transition(state, event).state;
    expect(state).toMatchObject({ at: "reattaching", attempt: 4 });
  });
});
