import { describe, expect, it } from "vitest";
import { apiAtLeast } from "@berth/engine-client";
import { negotiate } from "../src/api-version.ts";

describe("apiAtLeast", () => {
  it.each([
    ["1.41", "1.44", false],
    ["1.44", "1.44", true],
    ["1.51", "1.44", true],
    ["1.100", "1.51", true],
    ["2.0", "1.51", true],
    ["1.9", "1.41", false],
  ])("%s against %s: %s", (version, wanted, expected) => {
    expect(apiAtLeast(version, wanted)).toBe(expected);
  });
});

describe("negotiate", () => {
  it.each([
    { engine: "1.41", oldest: undefined, agreed: "1.41" },
    { engine: "1.51", oldest: undefined, agreed: "1.51" },
    { engine: "1.60", oldest: "1.44", agreed: "1.51" },
    { engine: "1.60", oldest: "1.51", agreed: "1.51" },
  ])("$engine (at least $oldest) agrees on $agreed", ({ engine, oldest, agreed }) => {
    expect(negotiate(engine, oldest)).toEqual({ kind: "agreed", apiVersion: agreed });
  });

  it("refuses an engine that is too old and says what to do", () => {
    expect(negotiate("1.40", undefined)).toMatchObject({
      kind: "none",
      reason: expect.stringContaining("upgrade the engine"),
    });
  });

  it("refuses an engine whose oldest is newer than our newest", () => {
    expect(negotiate("1.60", "1.52")).toMatchObject({ kind: "none", reason: expect.stringContaining("upgrade Berth") });
  });
});
