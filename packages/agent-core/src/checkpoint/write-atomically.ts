import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";

/**
 * Whoever reads the file, also after a power cut, finds the old content or the new one whole. Folders are made. Nobody else may read them:
 * tasks have secrets in their environment.
 */
export async function writeAtomically(file: string, content: Uint8Array): Promise<void> {
  const directory = path.dirname(file);
  await makeDirectory(directory);
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
  await syncDirectory(directory);
}

/** A link that points elsewhere in one step. */
export async function relink(link: string, target: string): Promise<void> {
  const directory = path.dirname(link);
  await makeDirectory(directory);
  const temporary = path.join(directory, `.${path.basename(link)}-${randomUUID()}`);
  await symlink(target, temporary);
  try {
    await rename(temporary, link);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** Removes a file for good; that it is not there is fine. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncDirectory(path.dirname(file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

async function makeDirectory(directory: string): Promise<void> {
  const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  // A new folder outlasts a power cut when the one around it is synced.
  for (let each = directory; each.length >= firstMade.length; each = path.dirname(each)) {
    await syncDirectory(path.dirname(each));
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
