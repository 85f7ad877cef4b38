import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runOptions } from "../src/option-table.ts";
import { parseRunOptions } from "../src/parse-run-options.ts";

const refusedNames = [
  "attach",
  "cidfile",
  "cpu-count",
  "cpu-percent",
  "detach",
  "detach-keys",
  "env-file",
  "help",
  "interactive",
  "io-maxbandwidth",
  "io-maxiops",
  "label-file",
  "log-driver",
  "log-opt",
  "name",
  "restart",
  "rm",
  "sig-proxy",
  "use-api-socket",
];

it("refuses exactly the options that Berth cannot grant", () => {
  expect(runOptions.filter(({ refusal }) => refusal !== undefined).map(({ name }) => name)).toEqual(refusedNames);
});

it.each(refusedNames)("refuses %s with its reason", (key) => {
  const result = parseRunOptions([{ key, value: "true" }]);
  const reason = runOptions.find(({ name }) => name === key)?.refusal;
  expect(result).toEqual({
    ok: false,
    faults: [{ index: 0, key, code: "refused", message: `option ${key} is refused: ${reason}` }],
  });
});

it.each(refusedNames)("explains %s in the README", (name) => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const reason = runOptions.find((option) => option.name === name)?.refusal ?? "";
  const row = readme.split("\n").find((line) => line.startsWith("|") && line.includes(`\`${name}\``));
  expect(row).toContain(reason);
});

it.each(["a", "d", "i"])("refuses the letter %s like its name", (key) => {
  expect(parseRunOptions([{ key, value: "true" }])).toMatchObject({ ok: false, faults: [{ code: "refused", key }] });
});

it.each([
  ["env", "SECRET", /agent's own environment/],
  ["volume", "./data:/data", /working directory/],
  ["volume", "..:/data", /working directory/],
  ["mount", "type=bind,source=./data,target=/data", /working directory/],
  ["security-opt", "seccomp=/etc/profile.json", /agent's host/],
  ["security-opt", "seccomp:profile.json", /agent's host/],
  ["label", "berth.task_id=1", /Berth's own/],
  ["label", " berth.task_id=1", /Berth's own/],
  ["disable-content-trust", "false", /not verified/],
])("refuses %s=%s", (key, value, reason) => {
  const result = parseRunOptions([{ key, value }]);
  expect(result).toMatchObject({
    ok: false,
    faults: [{ code: "refused", message: expect.stringMatching(reason) as string }],
  });
});
