import { expect, it } from "vitest";
import { parseDuration } from "../src/arguments/duration.ts";

it.each([
  ["500ms", 500],
  ["1.5mins", 90_000],
  ["2hrs", 7_200_000],
  ["1000us", 1],
])("%s is %d ms", (text, ms) => expect(parseDuration("--f", text)).toBe(ms));

it.each(["", "5", "5s", "-1secs", "1 secs", "secs"])("%j is no duration", (text) => {
  expect(() => parseDuration("--f", text)).toThrow(expect.objectContaining({ code: "usage" }));
});
