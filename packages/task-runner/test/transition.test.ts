import type { TaskState } from "@berth/proto/v1";
import { describe, expect, it } from "vitest";
import { newTaskLife, type LifeEvent, type TaskLife } from "../src/life/task-life.ts";
import { transition } from "../src/life/transition.ts";
import { offer, status, task } from "./world.ts";

function walk(events: readonly LifeEvent[], from: TaskLife = newTaskLife(task)) {
  let life = from;
  const effects = events.flatMap((event) => {
    const step = transition(life, event, 0);
    life = step.life;
    return step.effects;
  });
  const kinds = effects.map((effect) =>
    effect.kind === "call" ? (effect.call.type ?? "") : effect.kind === "timer" ? `timer ${effect.name}` : effect.kind,
  );
  return { life, effects, kinds };
}

const offers: LifeEvent = { type: "master", event: { type: "OFFERS", offers: { offers: [offer("o")] } } };
const update = (...args: Parameters<typeof status>): LifeEvent => ({
  type: "master",
  event: { type: "UPDATE", update: { status: status(...args) } },
});
const reconciled = (state: TaskState) => update(state, undefined, { reason: "REASON_RECONCILIATION" });
const launched = walk([{ type: "subscribed", again: false }, offers]).life;
const running = walk([update("TASK_RUNNING", 1)], launched).life;

describe("one task as its scheduler sees it", () => {
  it("is asked for until something is heard of it", () => {
    const quiet = walk([{ type: "timer", name: "reconcile" }], launched);
    expect(quiet.kinds).toEqual(["RECONCILE", "timer reconcile"]);
    expect(walk([{ type: "timer", name: "reconcile" }], running).kinds).toEqual([]);
  });

  it("is asked for while its agent is away, and runs on", () => {
    const away = walk([reconciled("TASK_UNREACHABLE")], running);
    expect(away.kinds).toEqual(["report", "timer reconcile"]);
    expect(walk([{ type: "timer", name: "reconcile" }], away.life).kinds).toEqual(["RECONCILE", "timer reconcile"]);
    expect(walk([reconciled("TASK_RUNNING")], away.life).kinds).toEqual(["report"]);
  });

  it.each<[TaskState]>([["TASK_STAGING"], ["TASK_STARTING"], ["TASK_RUNNING"]])(
    "%s from reconciliation is no news of a task that runs",
    (state) => expect(walk([reconciled(state)], running).kinds).toEqual([]),
  );

  it.each<[TaskState]>([["TASK_FINISHED"], ["TASK_FAILED"], ["TASK_KILLED"]])(
    "%s from reconciliation waits for the agent's own words, and counts when none come",
    (state) => {
      const heard = walk([reconciled(state)], running);
      expect(heard.kinds).toEqual(["timer hearsay"]);
      expect(walk([{ type: "timer", name: "hearsay" }], heard.life).kinds).toEqual(["report", "end"]);
      const own = walk([update(state, 2), { type: "timer", name: "hearsay" }], heard.life);
      expect(own.kinds).toEqual(["ACKNOWLEDGE", "report", "end"]);
    },
  );

  it.each<[TaskState]>([["TASK_GONE"], ["TASK_LOST"], ["TASK_DROPPED"], ["TASK_GONE_BY_OPERATOR"], ["TASK_ERROR"]])(
    "%s is an end, whoever says it",
    (state) => expect(walk([reconciled(state)], running).kinds).toEqual(["report", "end"]),
  );

  it("ends once, and acknowledges what comes after", () => {
    const over = walk([update("TASK_FINISHED", 2)], running).life;
    const later: readonly LifeEvent[] = [
      update("TASK_FINISHED", 2),
      update("TASK_FAILED", 3),
      reconciled("TASK_GONE"),
      { type: "kill", kill: {} },
      { type: "framework-lost", why: "x" },
      { type: "given-up" },
      { type: "timer", name: "hearsay" },
      { type: "timer", name: "notice" },
    ];
    expect(walk(later, over).kinds).toEqual(["ACKNOWLEDGE", "ACKNOWLEDGE"]);
  });

  it("leaves other tasks alone but acknowledges them", () => {
    expect(walk([update("TASK_FAILED", 4, { taskId: { value: "other" } })], running).kinds).toEqual(["ACKNOWLEDGE"]);
  });

  it("gives up when offers are always gone, and at once when it was to be killed", () => {
    const gone = update("TASK_DROPPED", undefined, { reason: "REASON_INVALID_OFFERS" });
    let life = launched;
    for (let count = 0; count < 10; count++) life = walk([gone, offers], life).life;
    expect(walk([gone], life).kinds).toEqual(["report", "end"]);
    const killed = walk([{ type: "kill", kill: {} }, gone], launched);
    expect(killed.kinds).toEqual(["KILL", "report", "end"]);
    expect(killed.life.lastState).toBe("TASK_KILLED");
  });

  it("does not ask for offers again after the next subscription, once it has been launched", () => {
    expect(walk([{ type: "subscribed", again: true }], running).kinds).toEqual([
      "SUPPRESS",
      "RECONCILE",
      "timer reconcile",
    ]);
    expect(walk([{ type: "subscribed", again: true }]).kinds).toEqual([]);
  });
});
