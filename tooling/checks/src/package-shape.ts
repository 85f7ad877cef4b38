import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { WorkspacePackage } from "./workspace.ts";

/**
 * What every published package has: a README that says what it owns and does not own, and shows each file of its examples/ to
 * the letter (those are type-checked with the tree, so a README cannot rot).
 */
export function shapeFaults(root: string, packages: readonly WorkspacePackage[]): readonly string[] {
  return packages.filter((each) => each.folder.startsWith("packages/")).flatMap((each) => packageFaults(root, each));
}

function packageFaults(root: string, each: WorkspacePackage): readonly string[] {
  const faults: string[] = [];
  const folder = path.join(root, each.folder);
  if (each.name !== `@berth/${path.basename(each.folder)}`) faults.push(`${each.folder}: the name is not the folder's`);
  for (const field of ["description", "license", "exports", "files", "engines"]) {
    if (each.manifest[field] === undefined) faults.push(`${each.folder}/package.json: no ${field}`);
  }
  const readmeFile = path.join(folder, "README.md");
  if (!existsSync(readmeFile)) return [...faults, `${each.folder}: no README.md`];
  const readme = readFileSync(readmeFile, "utf8");
  if (!/owns/i.test(readme) || !/does not own/i.test(readme)) {
    faults.push(`${each.folder}/README.md: does not say what the package owns and does not own`);
  }
  const examples = path.join(folder, "examples");
  const files = existsSync(examples) ? readdirSync(examples).filter((name) => name.endsWith(".ts")) : [];
  if (files.length === 0) faults.push(`${each.folder}: no example in examples/`);
  for (const name of files) {
    const text = readFileSync(path.join(examples, name), "utf8").trim();
    if (!readme.includes(text)) faults.push(`${each.folder}/README.md: does not show examples/${name} as it is`);
  }
  return faults;
}
