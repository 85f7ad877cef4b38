import { describe, expect, it } from "vitest";
import { apiAtLeast } from "../src/api-version.ts";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { readClientFixture } from "./client-fixtures.ts";
import { overlay } from "./overlay.ts";
import { acceptedCases, caseName, newerCases, rejectedCases, stricterCases, toParameter } from "./recording/cases.ts";
import { changesOf } from "./recording/changes.ts";

const named = (cases: readonly (readonly string[])[]) =>
  cases.map((parameters) => ({ name: caseName(parameters), parameters: parameters.map(toParameter) }));

describe.each(["1.41", "1.50"])("against what docker's client sends at API %s", (apiVersion) => {
  const fixture = readClientFixture(apiVersion);
  const tooNew = newerCases.filter(({ since }) => !apiAtLeast(apiVersion, since)).map(({ parameters }) => parameters);
  const known = newerCases.filter(({ since }) => apiAtLeast(apiVersion, since)).map(({ parameters }) => parameters);
  // Before API 1.44 a container has one address for its only network. Client 28 refuses that; Berth sends the older field.
  const byOlderField = acceptedCases.filter((list) => list.some((text) => text.includes("mac-address=")));
  const same = apiAtLeast(apiVersion, "1.44")
    ? acceptedCases
    : acceptedCases.filter((list) => !byOlderField.includes(list));

  it.each(named([...same, ...known]))("same request: $name", ({ name, parameters }) => {
    const result = parseRunOptions(parameters, { apiVersion });
    if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join("; "));
    const changes = changesOf(overlay(fixture.baseline, result.options.body), fixture.baseline);
    expect(fixture.cases[name]).toEqual({ changes });
  });

  it.each(named(tooNew))("too new for the engine: $name", ({ parameters }) => {
    const result = parseRunOptions(parameters, { apiVersion });
    expect(result.ok ? [] : result.faults.map(({ code }) => code)).toContain("unsupported");
  });

  it.each(named(rejectedCases))("refused by both: $name", ({ name, parameters }) => {
    expect(fixture.cases[name]).toHaveProperty("exit");
    expect(parseRunOptions(parameters, { apiVersion })).toMatchObject({ ok: false });
  });

  it.each(named(stricterCases))("refused by Berth before the engine is asked: $name", ({ name, parameters }) => {
    expect(fixture.cases[name]).toHaveProperty("changes");
    expect(parseRunOptions(parameters, { apiVersion })).toMatchObject({ ok: false });
  });
});

describe("a mac address before API 1.44", () => {
  it("is the container's, and the endpoint's from then on", () => {
    const parameters = [{ key: "mac-address", value: "92:d0:c6:0a:29:33" }];
    const old = parseRunOptions(parameters, { apiVersion: "1.43", network: "custom" });
    expect(old).toMatchObject({ ok: true, options: { body: { MacAddress: "92:d0:c6:0a:29:33" } } });
    const current = parseRunOptions(parameters, { apiVersion: "1.44", network: "custom" });
    expect(current.ok && current.options.body).toEqual({
      NetworkingConfig: { EndpointsConfig: { custom: { MacAddress: "92:d0:c6:0a:29:33" } } },
    });
  });
});
