import { readFileSync } from "node:fs";
import type { PullLine } from "@berth/engine-client";
import { describe, expect, it } from "vitest";
import { initialPullState, type PullState, transition } from "../src/pull-state.ts";
import { layerUnderWay, summarize, worthReporting } from "../src/pull-summary.ts";

/** Recorded from engine 20.10.24 pulling from docker-registry. */
function recorded(name: string): PullLine[] {
  const text = readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as PullLine);
}

function play(lines: readonly PullLine[]): { state: PullState; phases: string[]; advanced: boolean[] } {
  let state = initialPullState;
  const phases: string[] = [state.phase];
  const advanced: boolean[] = [];
  for (const line of lines) {
    const next = transition(state, line);
    state = next.state;
    advanced.push(next.advanced);
    if (phases.at(-1) !== state.phase) phases.push(state.phase);
  }
  return { state, phases, advanced };
}

describe("recorded streams", () => {
  it("a pull of four layers: phases in order, all bytes counted, complete with its digest", () => {
    const { state, phases } = play(recorded("four-layers"));
    expect(phases).toEqual(["begin", "download", "extract"]);
    expect(state).toMatchObject({ complete: true, failure: undefined, phase: "extract" });
    expect(state.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const summary = summarize(state);
    expect(summary).toMatchObject({ layers: 4, layersDone: 4 });
    expect(summary.totalBytes).toBeGreaterThan(4 * 3_000_000);
    expect(summary.receivedBytes).toBe(summary.totalBytes);
  });

  it("received bytes never fall and never exceed the total of the known", () => {
    let state = initialPullState;
    let before = 0;
    for (const line of recorded("four-layers")) {
      state = transition(state, line).state;
      const { receivedBytes, totalBytes } = summarize(state);
      expect(receivedBytes).toBeGreaterThanOrEqual(before);
      expect(receivedBytes).toBeLessThanOrEqual(totalBytes);
      before = receivedBytes;
    }
  });

  it("a stalled one stays in download and names the layer", () => {
    const { state, phases } = play(recorded("stalled-layer"));
    expect(phases).toEqual(["begin", "download"]);
    expect(state.complete).toBe(false);
    expect(layerUnderWay(state)).toBe("04eabaa544f0");
    expect(summarize(state)).toMatchObject({ layers: 4, layersDone: 3 });
  });

  it("an image that is up to date has no layers", () => {
    const { state } = play(recorded("up-to-date"));
    expect(state).toMatchObject({ complete: true, failure: undefined });
    expect(state.layers.size).toBe(0);
  });

  it("an error line inside a 200", () => {
    const { state } = play(recorded("error-line"));
    expect(state.failure).toContain("download failed after attempts=6: received unexpected HTTP status: 500");
    expect(state.complete).toBe(false);
    expect(state.layers.get("f5a46b62cad5")?.status).toBe("retrying");
  });
});

const at = (status: string, id: string, current?: number, total?: number): PullLine => ({
  status,
  id,
  progressDetail: { ...(current !== undefined && { current }), ...(total !== undefined && { total }) },
});

describe("what starts the budget anew", () => {
  it.each<[string, PullLine[], boolean]>([
    ["more bytes", [at("Downloading", "a", 1, 9), at("Downloading", "a", 2, 9)], true],
    ["the same bytes again", [at("Downloading", "a", 2, 9), at("Downloading", "a", 2, 9)], false],
    ["a layer waiting on", [at("Waiting", "a"), at("Waiting", "a")], false],
    ["a new state of a layer", [at("Waiting", "a"), at("Downloading", "a", 0, 9)], true],
    ["the countdown of a retry", [at("Retrying in 2 seconds", "a"), at("Retrying in 1 second", "a")], false],
    ["unpacking alone", [at("Extracting", "a", 1, 9), at("Extracting", "a", 1, 9)], true],
    [
      "unpacking beside a download",
      [at("Downloading", "b", 1, 9), at("Extracting", "a", 1, 9), at("Extracting", "a", 5, 9)],
      false,
    ],
    ["words that are not known", [at("Mirroring", "a")], true],
  ])("%s", (_, lines, advanced) => {
    expect(play(lines).advanced.at(-1)).toBe(advanced);
  });
});

describe("single lines", () => {
  it.each<[string, PullLine[], Partial<PullState>]>([
    ["errorDetail wins", [{ error: "short", errorDetail: { message: "long" } }], { failure: "long" }],
    ["error alone", [{ error: "short" }], { failure: "short" }],
    ["an empty error is none", [{ error: "" }], { failure: undefined }],
    ["Pulling from is no layer", [{ status: "Pulling from a/b", id: "1" }], { phase: "download", layers: new Map() }],
    [
      "an unfinished layer holds the phase",
      [at("Pull complete", "a"), at("Pulling fs layer", "b")],
      { phase: "download" },
    ],
    ["all there: extract", [at("Already exists", "a"), at("Download complete", "b")], { phase: "extract" }],
  ])("%s", (_, lines, expected) => {
    expect(play(lines).state).toMatchObject(expected);
  });

  it("takes a size of -1 for unknown", () => {
    expect(summarize(play([at("Downloading", "a", 7, -1)]).state)).toMatchObject({ receivedBytes: 7, totalBytes: 0 });
  });

  it("starts a layer's bytes again when the engine does", () => {
    const { state } = play([
      at("Downloading", "a", 7, 9),
      at("Retrying in 1 second", "a"),
      at("Downloading", "a", 2, 9),
    ]);
    expect(summarize(state).receivedBytes).toBe(2);
  });
});

it("reports by meaning: the first, each layer and phase, and each percent", () => {
  const base = { phase: "download", layers: 2, layersDone: 0, receivedBytes: 0, totalBytes: 100_000_000 } as const;
  expect(worthReporting(undefined, base)).toBe(true);
  expect(worthReporting(base, base)).toBe(false);
  expect(worthReporting(base, { ...base, receivedBytes: 999_999 })).toBe(false);
  expect(worthReporting(base, { ...base, receivedBytes: 1_000_000 })).toBe(true);
  expect(worthReporting(base, { ...base, layersDone: 1 })).toBe(true);
  expect(worthReporting(base, { ...base, phase: "extract" })).toBe(true);
});
