import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";

/**
 * Whoever reads the file, also after a power cut, finds the old content or the new one whole. Folders are made. Nobody else may read them:
 * tasks have secrets in their environment.
 */
export async function writeAtomically(file: string, content: Uint8Array): Promise<void> {
  const directory = path.dirname(file);
  const changed = await makeDirectory(directory);
  const temporary = path.join(directory, `.${path.basename(file)}-${randomUUID()}`);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await Promise.all(changed.map(syncDirectory));
}

/** A link that points elsewhere in one step. */
export async function relink(link: string, target: string): Promise<void> {
  const directory = path.dirname(link);
  const changed = await makeDirectory(directory);
  const temporary = path.join(directory, `.${path.basename(link)}-${randomUUID()}`);
  await symlink(target, temporary);
  try {
    await rename(temporary, link);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await Promise.all(changed.map(syncDirectory));
}

/** Removes a file for good; that it is not there is fine. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncDirectory(path.dirname(file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/**
 * Returns the folders whose entries change with something new in this one: itself, and those around what had to be made. They are synced at
 * the end and at once, since a file system can write many in one commit, and one after the other takes a commit each.
 */
async function makeDirectory(directory: string): Promise<readonly string[]> {
  const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
  const changed = [directory];
  if (firstMade === undefined) return changed;
  for (let each = directory; each.length >= firstMade.length; each = path.dirname(each)) {
    changed.push(path.dirname(each));
  }
  return changed;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
