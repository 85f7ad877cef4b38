import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LifeEvent } from "../src/life/event.ts";
import { defaultLifeSettings, LifeWorld } from "./life-world.ts";

const asked: readonly LifeEvent[] = [
  { type: "kill-asked", graceMs: 5_000 },
  { type: "kill-asked", graceMs: 0 },
  { type: "destroy-asked" },
  { type: "look-again" },
];

type Scenario = readonly [
  choices: readonly number[],
  asks: readonly (readonly [atStep: number, event: LifeEvent])[],
  maxCompletionMs: number | undefined,
];

/** Lets the world be as bad as the numbers say, asks for an end on the way, then lets it be good. */
function live([choices, asks, maxCompletionMs]: Scenario): LifeWorld {
  const world = new LifeWorld({ ...defaultLifeSettings, maxCompletionMs });
  let at = 0;
  const pick = (count: number): number => (choices[at++] ?? 0) % count;
  world.send({ type: "begin" });
  for (let round = 0; at < choices.length; round += 1) {
    for (const [atStep, event] of asks) if (atStep === round) world.send(event);
    if (!world.advance(pick)) break;
  }
  for (let round = 0; round < 400 && world.finishes.length === 0; round += 1) {
    // The honest end: what can happen happens in order, and in the end the task ends by itself.
    if (!world.advance(() => 0)) break;
  }
  return world;
}

const honestOrNot = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 40 }) });

const scenario = fc.tuple(
  fc.array(honestOrNot, { minLength: 20, maxLength: 200, size: "max" }),
  fc.array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom(...asked)), { maxLength: 3 }),
  fc.option(fc.constant(60_000), { nil: undefined, freq: 2 }),
);

describe("life of a task, whatever the engine does", () => {
  it("ends in exactly one terminal status and says nothing after it", () => {
    fc.assert(
      fc.property(scenario, (lived) => {
        const world = live(lived);
        expect(world.finishes, `stuck in ${JSON.stringify(world.state)}`).toHaveLength(1);
        for (const event of asked) world.send(event);
        world.send({ type: "inspected", view: "running" });
        expect(world.effects.findIndex((effect) => effect.do === "finish")).toBe(world.effects.length - 1);
      }),
      { numRuns: 3_000 },
    );
  });

  it("never reports an end while the container runs", () => {
    fc.assert(
      fc.property(scenario, (lived) => {
        const world = live(lived);
        expect(world.container?.running ?? false).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  it("sends TASK_STARTING first, TASK_RUNNING and TASK_KILLING at most once and in order", () => {
    fc.assert(
      fc.property(scenario, (lived) => {
        const { announced, everRan } = live(lived);
        expect(announced[0]).toBe("TASK_STARTING");
        expect(["", "TASK_RUNNING", "TASK_KILLING", "TASK_RUNNING,TASK_KILLING"]).toContain(announced.slice(1).join());
        expect(everRan || !announced.includes("TASK_RUNNING")).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("leaves a container that never ran only where it is still looked for", () => {
    fc.assert(
      fc.property(scenario, (lived) => {
        const world = live(lived);
        const [finish] = world.finishes;
        const left = world.container !== undefined && !world.container.started;
        expect(left && finish?.watchStrays === false).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});
