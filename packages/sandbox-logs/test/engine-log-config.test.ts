import { describe, expect, it } from "vitest";
import { certainlyComplete, engineLogConfig, possibleDamage } from "../src/engine-log-config.ts";

describe("the engine's own copy", () => {
  it("is capped and never compressed", () => {
    expect(engineLogConfig({})).toEqual({
      Type: "local",
      Config: { "max-size": "10485760", "max-file": "3", compress: "false" },
    });
    expect(engineLogConfig({ driver: "json-file", maxFileBytes: 100, maxFiles: 2 })).toEqual({
      Type: "json-file",
      Config: { "max-size": "100", "max-file": "2", compress: "false" },
    });
    expect(engineLogConfig({ driver: "none" })).toEqual({ Type: "none", Config: {} });
  });

  it.each([
    { payload: 1000, entries: 10, complete: true },
    { payload: 19_000, entries: 10, complete: true },
    { payload: 19_000, entries: 200, complete: false },
    { payload: 20_000, entries: 1, complete: false },
  ])("has certainly all of $payload bytes in $entries records: $complete", ({ payload, entries, complete }) => {
    expect(certainlyComplete(payload, entries, { maxFileBytes: 10_000, maxFiles: 3 })).toBe(complete);
  });

  it.each<{ id: string; bytes: Buffer; driver: "local" | "json-file"; damaged: boolean }>([
    { id: "lines", bytes: Buffer.from("a\nb\n".repeat(20_000)), driver: "local", damaged: false },
    { id: "binary", bytes: Buffer.from([0xff, 0xfe, 0x0a]), driver: "local", damaged: false },
    { id: "a line of 16 KiB", bytes: Buffer.alloc(16_384, "x"), driver: "local", damaged: true },
    { id: "a line just shorter", bytes: Buffer.alloc(16_383, "x"), driver: "local", damaged: false },
    { id: "a long line", bytes: Buffer.alloc(50_000, "x"), driver: "json-file", damaged: false },
    { id: "replaced bytes", bytes: Buffer.from("a\u{fffd}b\n"), driver: "json-file", damaged: true },
  ])("may be damaged in $id of $driver: $damaged", ({ bytes, driver, damaged }) => {
    expect(possibleDamage(bytes, { driver }) !== undefined).toBe(damaged);
  });
});
