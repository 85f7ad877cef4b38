import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the root: `packages/fetcher`. */
  readonly folder: string;
  /** Names of workspace packages that it needs at run time. */
  readonly dependencies: readonly string[];
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** Every package of the workspace. */
export function readWorkspace(root: string): readonly WorkspacePackage[] {
  return ["packages", "apps", "tooling"].flatMap((group) =>
    readdirSync(path.join(root, group))
      .filter((name) => existsSync(path.join(root, group, name, "package.json")))
      .map((name) => readPackage(root, `${group}/${name}`)),
  );
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8")) as Record<string, unknown>;
  const dependencies = Object.keys(manifest["dependencies"] ?? {});
  return {
    name: String(manifest["name"]),
    folder,
    dependencies: dependencies.filter((name) => name.startsWith("@berth/")),
    manifest,
  };
}
