// npm run check: everything that a reviewer should not have to look for. Runs all of it, then says what failed.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { importFaults } from "./import-law.ts";
import { shapeFaults } from "./package-shape.ts";
import { readWorkspace } from "./workspace.ts";

const root = path.resolve(import.meta.dirname, "../../..");

function tool(name: string, args: readonly string[]): () => boolean {
  return () =>
    spawnSync(path.join(root, "node_modules/.bin", name), args, { cwd: root, stdio: "inherit" }).status === 0;
}

function rule(faults: () => readonly string[]): () => boolean {
  return () => {
    const found = faults();
    for (const fault of found) console.error(fault);
    return found.length === 0;
  };
}

const packages = readWorkspace(root);
const checks: readonly (readonly [string, () => boolean])[] = [
  ["types", tool("tsc", ["-p", "tsconfig.json"])],
  ["lint", tool("oxlint", ["--type-aware"])],
  ["format", tool("oxfmt", ["--check"])],
  ["unused code", tool("knip", ["--no-config-hints"])],
  ["imports", rule(() => importFaults(root, packages))],
  ["packages", rule(() => shapeFaults(root, packages))],
];

const failed = checks.filter(([name, check]) => {
  console.error(`check: ${name}`);
  return !check();
});
console.error(failed.length === 0 ? "check: all well" : `check: failed: ${failed.map(([name]) => name).join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);
