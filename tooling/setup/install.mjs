import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "./command.mjs";
import { say } from "./say.mjs";

const pnpmVersion = "12.21.0";

/**
 * Dependencies, the pinned Node and pnpm, as the lock file has them. Skipped when nothing that decides them has changed
 * since the last time it went through.
 */
export async function installDependencies(root) {
  const stampFile = path.join(root, "node_modules/.berth-installed");
  const stamp = fingerprint(root);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  say("installing dependencies");
  await run("npx", ["--yes", `pnpm@${pnpmVersion}`, "install", "--frozen-lockfile"], { cwd: root, quiet: true });
  writeFileSync(stampFile, stamp);
}

function fingerprint(root) {
  const hash = createHash("sha256");
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests(root)];
  for (const file of files) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)))
      .update("\0");
  }
  return `${hash.digest("hex")}\n`;
}

function manifests(root) {
  return ["packages", "apps", "tooling"].flatMap((folder) => listManifests(root, folder));
}

function listManifests(root, folder) {
  return readdirSync(path.join(root, folder))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => `${folder}/${name}/package.json`)
    .filter((file) => existsSync(path.join(root, file)));
}
