import type { ContainerCreateBody } from "@berth/engine-client";
import { describe, expect, it } from "vitest";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { renderDockerRun } from "../src/render/render-docker-run.ts";
import { readClientFixture } from "./client-fixtures.ts";
import { overlay } from "./overlay.ts";
import { acceptedCases, caseName, newerCases, toParameter } from "./recording/cases.ts";
import { changesOf } from "./recording/changes.ts";

const { baseline } = readClientFixture("1.50");
const cases = [...acceptedCases, ...newerCases.map(({ parameters }) => parameters)];

function requestOf(parameters: readonly { key: string; value: string }[]): ContainerCreateBody {
  const result = parseRunOptions(parameters);
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join("; "));
  return { Image: "image", ...result.options.body };
}

/** `--key=value`, or a switch alone. */
function fromArgument(argument: string): { key: string; value: string } {
  return toParameter(argument.includes("=") ? argument.slice(2) : `${argument.slice(2)}=true`);
}

describe("a request rendered as docker run and read again", () => {
  it.each(cases.map((parameters) => ({ name: caseName(parameters), parameters })))("$name", ({ parameters }) => {
    const request = requestOf(parameters.map(toParameter));
    const rendered = renderDockerRun({ body: request });
    expect(rendered.inexpressible).toEqual([]);
    expect(rendered.args.at(-1)).toBe("image");
    const again = requestOf(rendered.args.slice(0, -1).map(fromArgument));
    // Compared by what the engine is asked for: a zero given and a zero left out are the same to it.
    expect(changesOf(overlay(baseline, again), baseline)).toEqual(changesOf(overlay(baseline, request), baseline));
  });
});
