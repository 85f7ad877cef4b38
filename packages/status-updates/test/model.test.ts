import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { steps, World } from "./world.ts";

describe("with lost, doubled and reordered acknowledgements", () => {
  it("delivers every update in order, none behind the terminal one, nothing while paused", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const world = new World(undefined);
        for (const step of all) await world.step(step);
        const { owed, delivered, timers } = await world.settle();
        expect(delivered).toEqual(owed);
        expect(timers).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("does so over crashes as well, when the updates are stored", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const directory = mkdtempSync(path.join(tmpdir(), "berth-updates-"));
        try {
          const world = new World(directory);
          for (const step of all) await world.step(step);
          const { owed, delivered, timers } = await world.settle();
          expect(delivered).toEqual(owed);
          expect(timers).toBe(0);
        } finally {
          rmSync(directory, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });
});
