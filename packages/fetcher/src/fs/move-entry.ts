import { constants } from "node:fs";
import { copyFile, lchown, lstat, lutimes, readlink, symlink } from "node:fs/promises";
import { errnoOf } from "../system-error.ts";
import type { Directory, EntryName } from "./directory.ts";
import { temporaryName } from "./staging.ts";

/** Moves a file, link or folder; copies when a volume is mounted in the sandbox and the target lies on it. */
export async function moveEntry(
  from: Directory,
  name: EntryName,
  into: Directory,
  targetName: EntryName,
): Promise<void> {
  try {
    await from.move(name, into, targetName);
  } catch (error) {
    if (errnoOf(error) !== "EXDEV") throw error;
    const partial = temporaryName();
    try {
      await copyEntry(from, name, into, partial);
      await into.move(partial, into, targetName);
    } catch (copyError) {
      await into.remove(partial);
      throw copyError;
    }
  }
}

async function copyEntry(from: Directory, name: EntryName, into: Directory, targetName: EntryName): Promise<void> {
  const stats = await lstat(from.child(name));
  const target = into.child(targetName);
  if (stats.isDirectory()) {
    await using source = await from.openDirectory(name);
    await using made = await into.makeDirectory(targetName, stats.mode & 0o7777, stats);
    for (const child of await source.names()) await copyEntry(source, child, made, child);
  } else if (stats.isSymbolicLink()) {
    await symlink(await readlink(from.child(name), { encoding: "buffer" }), target);
  } else {
    await copyFile(from.child(name), target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
  await lchown(target, stats.uid, stats.gid);
  await lutimes(target, stats.atime, stats.mtime);
}
