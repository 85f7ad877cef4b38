import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Budget } from "../src/budget.ts";

test("the one that has cost most goes, until there is room", () => {
  let nowMs = 0;
  const budget = new Budget(100, () => nowMs);
  const evicted: string[] = [];
  const hold = (name: string) => budget.hold(() => evicted.push(name));
  const slow = hold("slow");
  slow.grow(10);
  nowMs = 1000;
  const huge = hold("huge");
  huge.grow(80);
  nowMs = 1010;
  // 10 for 1010 ms is more than 80 for 10 ms.
  expect(hold("small").grow(20)).toBe(true);
  expect([evicted, budget.used]).toEqual([["slow"], 100]);
  expect(hold("other").grow(1)).toBe(true);
  expect([evicted, budget.used]).toEqual([["slow", "huge"], 21]);
  expect(slow.grow(1)).toBe(false);
});

test("who wants more than all there is goes itself, and takes nobody with it", () => {
  const budget = new Budget(100, () => 0);
  const other = budget.hold(() => expect.unreachable("a small one was evicted"));
  other.grow(50);
  expect(budget.hold(() => expect.unreachable("told twice")).grow(101)).toBe(false);
  expect(budget.used).toBe(50);
});

test("never more than the limit is held, and all of it comes back", () => {
  const step = fc.record({ who: fc.nat(9), amount: fc.nat(60), release: fc.boolean(), passMs: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let nowMs = 0;
      const budget = new Budget(100, () => nowMs);
      const holds = Array.from({ length: 10 }, () => budget.hold(() => {}));
      for (const { who, amount, release, passMs } of steps) {
        nowMs += passMs;
        if (release) holds[who]?.release();
        else holds[who]?.grow(amount);
        expect(budget.used).toBeLessThanOrEqual(100);
        expect(budget.used).toBeGreaterThanOrEqual(0);
      }
      for (const hold of holds) hold.release();
      expect(budget.used).toBe(0);
    }),
  );
});
