import { expect, it } from "vitest";
import { runOptions } from "../src/option-table.ts";
import { parseRunOptions } from "../src/parse-run-options.ts";
import { readClientHelp } from "./client-fixtures.ts";

const help = readClientHelp();
// The client knows these and does not print them in its help to a Linux engine of this age.
const hidden = ["annotation", "cpu-count", "cpu-percent", "health-start-interval", "io-maxbandwidth", "io-maxiops"];

it("knows every option that docker run prints, with its letter", () => {
  const ours = new Map(runOptions.map(({ name, short }) => [name, short ?? ""]));
  for (const name of hidden) ours.delete(name);
  expect(Object.fromEntries(ours)).toEqual(help.options);
});

it("knows the options that docker run hides", () => {
  for (const name of hidden) expect(runOptions.map((option) => option.name)).toContain(name);
});

it.each([
  ["net", "host", "network"],
  ["net-alias", "x", "network-alias"],
  ["dns-opt", "ndots:1", "dns-option"],
])("takes the old name %s", (key, value, name) => {
  const result = parseRunOptions([{ key, value }], { network: "custom" });
  expect(result.ok && result.options.names).toEqual([name]);
});

it.each([
  ["memroy", 'unknown option "memroy", did you mean memory?'],
  ["--memory", 'unknown option "--memory" (names are written without dashes), did you mean memory?'],
  ["-m", 'unknown option "-m" (names are written without dashes), did you mean m?'],
  ["cap_add", 'unknown option "cap_add", did you mean cap-add?'],
  ["Privileged", 'unknown option "Privileged", did you mean privileged?'],
  ["label=a", 'unknown option "label=…", did you mean label?'],
  ["", 'unknown option ""; see docker run --help for the options there are'],
  ["frobnicate-everything", 'unknown option "frobnicate-everything"; see docker run --help for the options there are'],
  ["__proto__", 'unknown option "__proto__"; see docker run --help for the options there are'],
])("does not know %j", (key, message) => {
  expect(parseRunOptions([{ key, value: "x" }])).toEqual({
    ok: false,
    faults: [{ index: 0, key, code: "unknown", message }],
  });
});
