import { describe, expect, it } from "vitest";
import type { LifeEffect } from "../src/life/effect.ts";
import type { LifeEvent } from "../src/life/event.ts";
import { initialState, type LifeState } from "../src/life/state.ts";
import { transition } from "../src/life/transition.ts";
import { defaultLifeSettings } from "./life-world.ts";

/** Sends events, each at its time, and returns the state and the effects of the last one. */
function after(
  events: readonly (LifeEvent | readonly [LifeEvent, atMs: number])[],
  settings = defaultLifeSettings,
): { readonly state: LifeState; readonly effects: readonly LifeEffect[] } {
  let state = initialState(settings);
  let effects: readonly LifeEffect[] = [];
  for (const entry of events) {
    const [event, atMs] = "type" in entry ? [entry, 0] : entry;
    ({ state, effects } = transition(state, event, atMs));
  }
  return { state, effects };
}

const begin: LifeEvent = { type: "begin" };
const prepared: LifeEvent = { type: "prepared" };
const created: LifeEvent = { type: "created", engineId: "c" };
const attached: LifeEvent = { type: "attached" };
const waiting: LifeEvent = { type: "wait-accepted" };
const started: LifeEvent = { type: "started" };
const runs: LifeEvent = { type: "inspected", view: "running" };
const exited: LifeEvent = { type: "inspected", view: "exited", exit: { exitCode: 0, oomKilled: false } };
const unanswered: LifeEvent = { type: "start-failed", kind: "unknown", message: "no answer" };
const notStarted: LifeEvent = { type: "inspected", view: "not-started", engineError: "" };
const kill = (graceMs: number): LifeEvent => ({ type: "kill-asked", graceMs });
const toStarting = [begin, prepared, created, attached, waiting];
const toRunning = [...toStarting, started, runs];
const does = (effects: readonly LifeEffect[]): string[] => effects.map((effect) => effect.do);

describe("what follows on an event", () => {
  const rows: readonly [what: string, events: readonly LifeEvent[], phase: string, effects: readonly string[]][] = [
    ["begin", [begin], "preparing", ["announce", "prepare"]],
    ["prepared", [begin, prepared], "creating", ["arm", "create"]],
    ["created", [begin, prepared, created], "attaching", ["attach", "wait"]],
    ["attached before the wait stands", [begin, prepared, created, attached], "attaching", []],
    ["attached and waiting", toStarting, "starting", ["disarm", "start"]],
    ["started", [...toStarting, started], "running", ["inspect"]],
    ["seen to run", toRunning, "running", ["announce"]],
    [
      "over before it was seen to run",
      [...toStarting, started, exited],
      "settling",
      ["announce", "disarm", "disarm", "disarm", "settle"],
    ],
    ["the wait ends", [...toRunning, { type: "wait-ended", exitCode: 0 }], "running", ["inspect"]],
    ["the wait breaks", [...toRunning, { type: "wait-broken" }], "running", ["arm"]],
    [
      "a wait that broke, and it runs",
      [...toRunning, { type: "wait-broken" }, { type: "retry-due" }, runs],
      "running",
      ["wait"],
    ],
    ["a hint", [...toRunning, { type: "look-again" }], "running", ["inspect"]],
    ["a second hint", [...toRunning, { type: "look-again" }, { type: "look-again" }], "running", []],
    ["kill with grace", [...toRunning, kill(5_000)], "running", ["disarm", "announce", "arm", "stop"]],
    ["kill without grace", [...toRunning, kill(0)], "running", ["disarm", "announce", "disarm", "kill"]],
    ["kill again, longer", [...toRunning, kill(5_000), kill(9_000)], "running", []],
    ["kill again, shorter", [...toRunning, kill(5_000), kill(1_000)], "running", ["arm"]],
    ["kill again, at once", [...toRunning, kill(5_000), kill(0)], "running", ["disarm", "kill"]],
    ["the grace is over", [...toRunning, kill(5_000), { type: "grace-over" }], "running", ["disarm", "kill"]],
    ["stop says done", [...toRunning, kill(5_000), { type: "stop-answered" }], "running", ["inspect"]],
    [
      "stop says done, and it runs",
      [...toRunning, kill(5_000), { type: "stop-answered" }, runs],
      "running",
      ["disarm", "kill"],
    ],
    ["kill fails", [...toRunning, kill(0), { type: "kill-failed" }], "running", ["kill-process", "arm"]],
    ["kill after the exit is known", [...toRunning, { type: "look-again" }, exited, kill(0)], "settling", []],
    ["kill while preparing", [begin, kill(5_000)], "preparing", ["disarm", "abort-launch"]],
    ["kill while creating", [begin, prepared, kill(5_000)], "creating", ["disarm", "arm"]],
    [
      "created after a kill",
      [begin, prepared, kill(5_000), created],
      "discarding",
      ["disarm", "abort-launch", "remove"],
    ],
    [
      "kill while attaching",
      [begin, prepared, created, kill(5_000)],
      "discarding",
      ["disarm", "disarm", "abort-launch", "remove"],
    ],
    ["kill with grace while starting", [...toStarting, kill(5_000)], "starting", ["disarm", "arm"]],
    [
      "kill with grace while a start has no answer",
      [...toStarting, unanswered, kill(5_000)],
      "starting",
      ["disarm", "arm", "inspect"],
    ],
    [
      "kill with grace while a start has no answer, and it runs",
      [...toStarting, unanswered, kill(5_000), runs],
      "running",
      ["announce", "arm", "stop"],
    ],
    [
      "kill with grace while a start has no answer, and it does not run",
      [...toStarting, unanswered, kill(5_000), notStarted],
      "discarding",
      ["disarm", "abort-launch", "remove"],
    ],
    ["started after a kill", [...toStarting, kill(5_000), started], "running", ["inspect", "announce", "arm", "stop"]],
    [
      "destroy while starting",
      [...toStarting, { type: "destroy-asked" }],
      "discarding",
      ["disarm", "disarm", "abort-launch", "remove"],
    ],
    ["the time is over", [...toRunning, { type: "completion-time-over" }], "running", ["disarm", "disarm", "kill"]],
    [
      "ours is found, and it runs",
      [
        begin,
        prepared,
        { type: "create-failed", kind: "name-taken", message: "" },
        { type: "looked-up", found: "ours", engineId: "c", started: true },
        attached,
        waiting,
      ],
      "running",
      ["disarm", "inspect"],
    ],
  ];
  it.each(rows)("%s", (_what, events, phase, effects) => {
    const { state, effects: actual } = after(events);
    expect({ phase: state.phase, effects: does(actual) }).toEqual({ phase, effects });
  });
});

describe("the end", () => {
  const settled: LifeEvent = { type: "settled", memory: undefined };
  const ending = (exitCode: number | undefined): LifeEvent =>
    exitCode === undefined
      ? { type: "inspected", view: "gone" }
      : { type: "inspected", view: "exited", exit: { exitCode, oomKilled: false } };
  const look: LifeEvent = { type: "look-again" };
  const failed = "REASON_MAX_COMPLETION_TIME_REACHED";
  const rows: readonly [events: readonly LifeEvent[], state: string, reason: string | undefined, message: string][] = [
    [[look, ending(0), settled], "TASK_FINISHED", undefined, "Container exited with status 0"],
    [[look, ending(3), settled], "TASK_FAILED", undefined, "Container exited with status 3"],
    [
      [look, ending(0), { ...settled, logsIncomplete: "5 bytes of stdout lost" }],
      "TASK_FINISHED",
      undefined,
      "Container exited with status 0; its logs are incomplete: 5 bytes of stdout lost",
    ],
    [[look, ending(undefined), settled], "TASK_FAILED", undefined, "Failed to get exit status of container"],
    [[kill(0), ending(0), settled], "TASK_KILLED", undefined, "Container exited with status 0"],
    [[kill(0), ending(undefined), settled], "TASK_KILLED", undefined, "Failed to get exit status of container"],
    [[look, ending(0), kill(0), settled], "TASK_FINISHED", undefined, "Container exited with status 0"],
    [
      [{ type: "completion-time-over" }, ending(137), settled],
      "TASK_FAILED",
      failed,
      "Container exited with status 137",
    ],
    [
      [kill(9_000), { type: "completion-time-over" }, ending(143), settled],
      "TASK_KILLED",
      undefined,
      "Container exited with status 143",
    ],
  ];
  it.each(rows)("%j is %s", (events, state, reason, message) => {
    const { effects } = after([...toRunning, ...events]);
    expect(effects.find((effect) => effect.do === "finish")).toMatchObject({
      outcome: { state, reason, message },
      leftover: "c",
    });
  });

  it("removes at once when destroy came while the logs were being completed", () => {
    const { effects } = after([...toRunning, look, ending(0), { type: "destroy-asked" }, settled]);
    expect(effects.find((effect) => effect.do === "finish")).toMatchObject({ removeAtOnce: true });
  });

  it("removes at once after a start that was repeated, which a late one would run again", () => {
    const { effects } = after([
      ...toStarting,
      unanswered,
      { type: "retry-due" },
      notStarted,
      started,
      runs,
      look,
      ending(0),
      settled,
    ]);
    expect(effects.find((effect) => effect.do === "finish")).toMatchObject({ leftover: "c", removeAtOnce: true });
  });

  it("comes for a port that is taken only after its own time, not that of a start without an answer", () => {
    const taken: LifeEvent = { type: "start-failed", kind: "port-taken", message: "port is already allocated" };
    const { state } = after([
      ...toStarting,
      [unanswered, 0],
      [{ type: "retry-due" }, 10],
      [notStarted, 20],
      [taken, 180_000],
      [notStarted, 180_001],
    ]);
    expect(state.phase).toBe("attaching");
  });

  it("comes for a port when its time is over, not before", () => {
    const taken: LifeEvent = { type: "start-failed", kind: "port-taken", message: "port is already allocated" };
    const view: LifeEvent = { type: "inspected", view: "not-started", engineError: "port is already allocated" };
    const early = after([...toStarting, [taken, 0], [view, 10]]);
    expect(early.state.phase).toBe("attaching");
    const late = after([
      ...toStarting,
      [taken, 0],
      [view, 10],
      { type: "retry-due" },
      attached,
      waiting,
      [taken, 2_000],
      [view, 2_001],
    ]);
    expect(late.state).toMatchObject({ phase: "discarding", pending: { state: "TASK_FAILED" } });
  });
});
