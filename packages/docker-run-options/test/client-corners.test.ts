import { expect, it } from "vitest";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { readClientCorners, readClientFixture } from "./client-fixtures.ts";
import { overlay } from "./overlay.ts";
import { changesOf } from "./recording/changes.ts";
import { cornerValues, stricterCorners } from "./recording/corner-values.ts";

const { baseline } = readClientFixture("1.50");
const recorded = readClientCorners();

function outcome(key: string, value: string): unknown {
  const result = parseRunOptions([{ key, value }], { apiVersion: "1.50" });
  return result.ok ? { changes: changesOf(overlay(baseline, result.options.body), baseline) } : "refused";
}

it.each(Object.keys(cornerValues))("reads the corners of %s as the client does", (key) => {
  const values = cornerValues[key] ?? [];
  const stricter = stricterCorners[key] ?? [];
  const theirs = values.map((value) => {
    const answer = recorded[key]?.[value];
    if (answer === undefined) throw new Error(`${key}=${value} is not recorded; run pnpm run record`);
    return [value, "exit" in answer || stricter.includes(value) ? "refused" : answer];
  });
  expect(values.map((value) => [value, outcome(key, value)])).toEqual(theirs);
});

it.each(Object.entries(stricterCorners).flatMap(([key, values]) => values.map((value) => [key, value] as const)))(
  "is stricter than the client with %s=%s",
  (key, value) => {
    expect(recorded[key]?.[value]).toHaveProperty("changes");
    expect(outcome(key, value)).toBe("refused");
  },
);
