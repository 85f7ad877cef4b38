import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { WorkspacePackage } from "./workspace.ts";

/**
 * Which package may stand on which. A row may use every package of the rows above it, and none of its own row or below:
 * what is apart on one row stays apart.
 */
export const layers: readonly (readonly string[])[] = [
  ["@berth/proto", "@berth/engine-client", "@berth/cgroups", "@berth/log"],
  [
    "@berth/fetcher",
    "@berth/image-puller",
    "@berth/docker-run-options",
    "@berth/sandbox-logs",
    "@berth/containerizer",
    "@berth/libprocess",
    "@berth/resources",
    "@berth/http-endpoints",
    "@berth/status-updates",
    "@berth/mesos-client",
    "@berth/agent-flags",
  ],
  ["@berth/docker-executor", "@berth/task-runner", "@berth/master-detector"],
  ["@berth/docker-containerizer", "@berth/master-session", "@berth/local-master", "@berth/agent-core"],
  ["@berth/agent-api"],
  ["@berth/agent"],
  ["@berth/cli"],
];

/** The one importer of a library that must not spread. */
const soleImporters: Readonly<Record<string, string>> = {
  dockerode: "@berth/engine-client",
  "docker-modem": "@berth/engine-client",
  "node-zookeeper-client": "@berth/master-detector",
  "prom-client": "@berth/agent-api",
  pino: "@berth/log",
};

/** Every breach, a sentence each. */
export function importFaults(root: string, packages: readonly WorkspacePackage[]): readonly string[] {
  const faults: string[] = [];
  const rank = new Map(layers.flatMap((row, index) => row.map((name) => [name, index] as const)));
  for (const each of packages) {
    if (each.folder.startsWith("tooling/")) continue;
    const own = rank.get(each.name);
    if (own === undefined) {
      faults.push(`${each.name} has no layer: add it to tooling/checks/src/import-law.ts`);
      continue;
    }
    for (const used of each.dependencies) {
      if ((rank.get(used) ?? Infinity) >= own) faults.push(`${each.name} must not depend on ${used}`);
    }
    for (const file of sourceFiles(path.join(root, each.folder, "src"))) {
      faults.push(...fileFaults(each, path.relative(root, file), readFileSync(file, "utf8")));
    }
  }
  return faults;
}

function fileFaults(owner: WorkspacePackage, file: string, text: string): readonly string[] {
  const faults: string[] = [];
  for (const [, specifier = ""] of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    const bare = specifier.startsWith("@")
      ? specifier.split("/").slice(0, 2).join("/")
      : (specifier.split("/")[0] ?? "");
    const sole = soleImporters[bare];
    if (sole !== undefined && sole !== owner.name) faults.push(`${file}: only ${sole} imports ${bare}`);
    if (bare.startsWith("@berth/") && bare !== owner.name && !owner.dependencies.includes(bare)) {
      faults.push(`${file}: imports ${bare}, which ${owner.name} does not declare`);
    }
    if (
      specifier.startsWith(".") &&
      path.normalize(path.join(path.dirname(file), specifier)).split("/")[1] !== owner.folder.split("/")[1]
    ) {
      faults.push(`${file}: reaches out of its package with ${specifier}`);
    }
  }
  return faults;
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("/src/gen"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
