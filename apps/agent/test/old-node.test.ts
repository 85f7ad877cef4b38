import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** The program as it is installed, on a Node that says it is that version. */
function on(version: string) {
  const disguise = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const bin = fileURLToPath(new URL("../bin/berth-agent.js", import.meta.url));
  const argv = ["--import", `data:text/javascript,${encodeURIComponent(disguise)}`, bin, "--version"];
  const { status, stderr, stdout } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  return { status, stderr, stdout };
}

test.each(["18.20.8", "20.20.2", "22.18.1"])("on Node %s it says in one sentence what it needs", (version) => {
  expect(on(version)).toEqual({
    status: 1,
    stderr: `berth-agent: needs Node 22.19 or later, and this is ${version}\n`,
    stdout: "",
  });
});

test.each(["22.19.0", "23.0.0", "100.0.0"])("Node %s will do", (version) => {
  expect(on(version).stderr).not.toContain("needs Node");
});

test("package.json says the same", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect((JSON.parse(text) as { engines: unknown }).engines).toEqual({ node: ">=22.19.0" });
});
