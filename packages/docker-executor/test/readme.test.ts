import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { phases } from "../src/life/transition.ts";

const askedEverywhere = new Set(["kill-asked", "destroy-asked", "completion-time-over"]);

it("shows the state table as it is", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").flatMap((line) => {
    const match = /^\| `([a-z]+)` +\|[^|]*\| *([^|]*?) *\|$/.exec(line);
    return match === null ? [] : [[match[1], [...(match[2] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, event]) => event)]];
  });
  const actual = Object.entries(phases).map(([phase, handlers]) => [
    phase,
    Object.keys(handlers).filter((event) => !askedEverywhere.has(event)),
  ]);
  expect(rows).toEqual(actual);
});
