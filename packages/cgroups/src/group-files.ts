import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { countLines } from "./parse.ts";
import type { GroupFiles } from "./usage.ts";

/** The files that can be read now; a group may go away at any moment. */
export async function readGroupFiles<Name extends string>(
  directory: string | undefined,
  names: readonly Name[],
): Promise<GroupFiles<Name>> {
  const texts = await Promise.all(
    names.map(async (name) => [name, directory && (await readText(path.join(directory, name)))] as const),
  );
  return Object.fromEntries(texts) as GroupFiles<Name>;
}

export async function readText(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

export async function isThere(directory: string): Promise<boolean> {
  return stat(directory).then(
    () => true,
    () => false,
  );
}

/** Processes in the group and below it: with v2 a container that divides its group has none in the group itself. */
export async function countProcesses(directory: string): Promise<number | undefined> {
  const own = await readText(path.join(directory, "cgroup.procs"));
  if (own === undefined) return undefined;
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => countProcesses(path.join(directory, entry.name))),
  );
  return below.reduce<number>((sum, count) => sum + (count ?? 0), countLines(own));
}
