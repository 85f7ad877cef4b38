import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { parseBytes } from "../src/bytes.ts";
import { parseDuration } from "../src/duration.ts";

test.each([
  ["0ns", 0],
  ["500us", 0.5],
  ["250ms", 250],
  ["1secs", 1_000],
  ["1.5mins", 90_000],
  [".5hrs", 1_800_000],
  ["2days", 172_800_000],
  ["1weeks", 604_800_000],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "5", "secs", "5 secs", "-5secs", "5Secs", "1e3secs", "5sec", "1.2.3secs", "5toString"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  ["0B", 0],
  ["7B", 7],
  ["1KB", 1024],
  ["3MB", 3_145_728],
  ["2GB", 2_147_483_648],
  ["1TB", 1_099_511_627_776],
])("%s is %d bytes", (text, sizeBytes) => {
  expect(parseBytes(text)).toBe(sizeBytes);
});

test.each(["", "2", "GB", "2gb", "1.5GB", "-1B", "99999999TB", "2PB"])("%j is no size", (text) => {
  expect(parseBytes(text)).toBeUndefined();
});

test("no text makes them throw", () => {
  assert(
    property(string(), (text) => {
      for (const value of [parseDuration(text), parseBytes(text)]) expect(value ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
