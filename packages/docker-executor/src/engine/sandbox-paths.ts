import { constants } from "node:fs";
import { lstat, mkdir, open, readlink, realpath } from "node:fs/promises";
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
      const made = await makeFolder(place);
      const real = await realpath(place);
      if (!isWithin(real, root)) {
        throw new Error(`the volume ${wanted} leads out of the sandbox: ${place} is a link to ${real}`);
      }
      if (made && owner !== undefined) await give(place, root, owner);
    }
  }
}

/** False when there is something already. */
async function makeFolder(place: string): Promise<boolean> {
  try {
    await mkdir(place);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return false;
  }
}

/** The sandbox is the task's user's, who may put a link in the folder's place: what is given is held, and looked at, first. */
async function give(place: string, root: string, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  const folder = await open(place, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const real = await readlink(`/proc/self/fd/${folder.fd}`);
    if (!isWithin(real, root)) throw new Error(`${place} was turned into a link to ${real} while it was being made`);
    await folder.chown(owner.uid, owner.gid);
  } finally {
    await folder.close();
  }
}

function isWithin(real: string, root: string): boolean {
  return real === root || real.startsWith(`${root}${path.sep}`);
}
