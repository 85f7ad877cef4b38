import { expect, test } from "vitest";
import { EndingWatch } from "../src/ending.ts";

test("the first reason counts", async () => {
  const watch = new EndingWatch();
  expect(watch.begun.aborted).toBe(false);
  watch.end({ kind: "unregister", why: "SIGUSR1" });
  watch.end({ kind: "ordered", why: "gone" });
  expect(await watch.first).toEqual({ kind: "unregister", why: "SIGUSR1" });
  expect(watch.begun.aborted).toBe(true);
});

test.each([
  ["unregister", "leave", true],
  ["unregister", "fatal", true],
  ["unregister", "unregister", false],
  ["ordered", "unregister", false],
] as const)("%s, then %s: the tasks are let go of: %s", (first, second, hurry) => {
  const watch = new EndingWatch();
  watch.end({ kind: first, why: "" });
  expect(watch.hurry.aborted).toBe(false);
  watch.end({ kind: second, why: "" });
  expect(watch.hurry.aborted).toBe(hurry);
});
