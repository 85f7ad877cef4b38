import { chown, lstat, mkdir, realpath } from "node:fs/promises";
import path from "node:path";

/** Makes the folders of the sandbox that are to be mounted. Rejects when one leads out of the sandbox, as a fetched link may. */
export async function prepareSandboxPaths(
  sandboxDirectory: string,
  paths: readonly string[],
  owner: { readonly uid: number; readonly gid: number } | undefined,
): Promise<void> {
  const sandbox = await lstat(sandboxDirectory);
  if (!sandbox.isDirectory()) throw new Error(`the sandbox ${sandboxDirectory} is not a folder but a link or a file`);
  const root = await realpath(sandboxDirectory);
  for (const wanted of paths) {
    let place = sandboxDirectory;
    for (const part of path.relative(sandboxDirectory, wanted).split(path.sep)) {
      place = path.join(place, part);
      if (part === "") continue;
      await makeFolder(place, owner);
      const real = await realpath(place);
      if (real !== root && !real.startsWith(`${root}${path.sep}`)) {
        throw new Error(`the volume ${wanted} leads out of the sandbox: ${place} is a link to ${real}`);
      }
    }
  }
}

async function makeFolder(
  place: string,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): Promise<void> {
  try {
    await mkdir(place);
    if (owner !== undefined) await chown(place, owner.uid, owner.gid);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
