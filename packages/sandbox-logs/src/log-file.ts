import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename, unlink } from "node:fs/promises";
import { SandboxLogsError, systemCode } from "./errors.ts";

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

// O_NONBLOCK: a pipe put there between the look and the open must not hang us. It means nothing for a plain file.
const appendFlags = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const mode = 0o644;

/**
 * Opens a log for appending, or creates it (0644). The task may write in its sandbox and we may be root, so whatever is not a plain
 * file with one name is refused instead of being written through.
 */
export async function openLogFile(path: string, owner: FileOwner | undefined): Promise<FileHandle> {
  try {
    const handle = (await create(path)) ?? (await openExisting(path)) ?? (await create(path));
    if (handle === undefined) throw notAFile(path, "something that comes and goes");
    return await own(handle, owner);
  } catch (error) {
    throw explain(error, path);
  }
}

/**
 * Moves `path` to `path.1`, `path.1` to `path.2` and so on, keeping `files` in all, and puts a new empty file in its place. Readers
 * that hold the old file keep it. The new file exists before anything moves, so a full disk leaves all as it was.
 */
export async function rotateLogFile(path: string, files: number, owner: FileOwner | undefined): Promise<FileHandle> {
  const fresh = `${path}.rotating`;
  const handle = (await create(fresh)) ?? (await unlink(fresh).then(() => create(fresh)));
  if (handle === undefined) throw notAFile(fresh, "something that comes and goes");
  try {
    await own(handle, owner);
    for (let index = files - 2; index >= 0; index -= 1) {
      await rename(index === 0 ? path : `${path}.${index}`, `${path}.${index + 1}`).catch(ignoreAbsent);
    }
    await rename(fresh, path);
    return handle;
  } catch (error) {
    await handle.close();
    await unlink(fresh).catch(ignoreAbsent);
    throw error;
  }
}

async function create(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, appendFlags | constants.O_CREAT | constants.O_EXCL, mode);
    await handle.chmod(mode);
    return handle;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return undefined;
    throw error;
  }
}

/** Looks first, because opening a device can already do something; looks again at what was opened, because it may have changed. */
async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    const before = await lstat(path);
    if (!before.isFile()) throw notAFile(path, kindOf(before));
    const handle = await open(path, appendFlags);
    const stat = await handle.stat();
    if (stat.isFile() && stat.nlink === 1) return handle;
    await handle.close();
    throw notAFile(path, stat.isFile() ? `a file with ${stat.nlink} names` : kindOf(stat));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function own(handle: FileHandle, owner: FileOwner | undefined): Promise<FileHandle> {
  if (owner === undefined) return handle;
  try {
    await handle.chown(owner.uid, owner.gid);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function kindOf(stat: Awaited<ReturnType<typeof lstat>>): string {
  if (stat.isSymbolicLink()) return "a symbolic link";
  if (stat.isDirectory()) return "a directory";
  if (stat.isFIFO()) return "a pipe";
  if (stat.isSocket()) return "a socket";
  return "a device";
}

function ignoreAbsent(error: unknown): void {
  if (systemCode(error) !== "ENOENT") throw error;
}

function notAFile(path: string, found: string): SandboxLogsError {
  const message = `${path} is ${found}, not a plain file of its own: refusing to write logs through it. Remove it from the sandbox.`;
  return new SandboxLogsError("not-a-file", message, path);
}

function explain(error: unknown, path: string): SandboxLogsError {
  if (error instanceof SandboxLogsError) return error;
  const at = (code: SandboxLogsError["code"], text: string) => new SandboxLogsError(code, text, path, { cause: error });
  switch (systemCode(error)) {
    case "ELOOP":
      return notAFile(path, "a symbolic link");
    case "ENXIO":
    case "EISDIR":
      return notAFile(path, "a pipe, socket, device or directory");
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return at("permission-denied", `may not write ${path}: check the owner and mode of the sandbox.`);
    case "ENOSPC":
    case "EDQUOT":
      return at("no-space", `no room for ${path}: free space or raise the quota.`);
    case "ENOENT":
    case "ENOTDIR":
      return at("no-directory", `the sandbox of ${path} does not exist.`);
    case undefined:
    default:
      return at("io", `cannot open ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
