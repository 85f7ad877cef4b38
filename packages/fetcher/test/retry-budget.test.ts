import { expect, it } from "vitest";
import { RetryBudget } from "../src/retry-budget.ts";

const options = { maxRetries: 3, baseDelayMs: 100, maxDelayMs: 350 };

it("doubles the delay up to its ceiling, and ends after the retries without progress", () => {
  const budget = new RetryBudget(options, () => 0);
  expect([budget.next(0), budget.next(0), budget.next(0), budget.next(0)]).toEqual([100, 200, 350, undefined]);
});

it("adds at most a quarter of jitter", () => {
  expect(new RetryBudget(options, () => 0.999).next(0)).toBe(125);
});

it("starts counting again when new bytes came, but not when the same ones came again", () => {
  const budget = new RetryBudget(options, () => 0);
  expect([budget.next(0), budget.next(10), budget.next(10), budget.next(5)]).toEqual([100, 100, 100, 200]);
});

it("does as Retry-After asks, unless that is too long", () => {
  const budget = new RetryBudget(options, () => 0);
  expect(budget.next(0, { askedDelayMs: 340 })).toBe(340);
  expect(budget.next(0, { askedDelayMs: 351 })).toBeUndefined();
});

it("gives a stalled transfer another try only after progress", () => {
  const budget = new RetryBudget(options, () => 0);
  expect(budget.next(5, { onlyAfterProgress: true })).toBe(100);
  expect(budget.next(5, { onlyAfterProgress: true })).toBeUndefined();
});

it("ends for a server that gives one byte with each attempt", () => {
  const budget = new RetryBudget(options, () => 0);
  let attempts = 0;
  while (budget.next(attempts) !== undefined) attempts += 1;
  expect(attempts).toBeLessThan(300);
});
