import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import path from "node:path";
import { FetchError } from "../errors.ts";
import { errnoOf } from "../system-error.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** One component of a path; a Buffer where it may not be UTF-8. */
export type EntryName = string | Buffer;

const { O_DIRECTORY, O_RDONLY, O_NOFOLLOW, O_RDWR, O_CREAT, O_EXCL } = constants;

// On Linux a name below /proc/self/fd/N is looked up in the folder that the descriptor holds, like openat(2): nobody can put a link
// in the way between our look and our act. Elsewhere the path has to do.
const hasProc = existsSync("/proc/self/fd");

/**
 * A folder held open. Names given to it are single components and are never followed when they are links.
 * What is reached through it stays below it, whatever others rename or plant meanwhile.
 */
export class Directory implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, location: string) {
    this.#handle = handle;
    this.#path = location;
  }

  /** Opens a folder that exists; a link in the last component is refused. */
  static async open(location: string): Promise<Directory> {
    return new Directory(await openFolder(location), location);
  }

  /** The path of a child, for calls of `node:fs` that do not follow a link in the last component. */
  child(name: EntryName): EntryName {
    const text = typeof name === "string" ? name : name.toString("latin1");
    if (text === "" || text === "." || text === ".." || /[/\0]/.test(text)) {
      throw new FetchError("sandbox-escape", `'${text}' is not a plain file name`);
    }
    return typeof name === "string" ? `${this.self}/${name}` : Buffer.concat([Buffer.from(`${this.self}/`), name]);
  }

  /** The folder itself, valid in this process and as the cwd of a child process while it is open. */
  get self(): string {
    return hasProc ? `/proc/self/fd/${this.#handle.fd}` : this.#path;
  }

  async openDirectory(name: EntryName): Promise<Directory> {
    return new Directory(await openFolder(this.child(name)), path.join(this.#path, name.toString()));
  }

  /** Fails with EEXIST when there is anything of that name. */
  async makeDirectory(name: EntryName, mode: number, owner: Owner | undefined): Promise<Directory> {
    await mkdir(this.child(name), { mode: 0o700 });
    const made = await this.openDirectory(name);
    try {
      if (owner !== undefined) await made.#handle.chown(owner.uid, owner.gid);
      await made.#handle.chmod(mode);
    } catch (error) {
      await made.close();
      throw error;
    }
    return made;
  }

  /** Fails with EEXIST when there is anything of that name. */
  createFile(name: EntryName, mode = 0o600): Promise<FileHandle> {
    return open(this.child(name), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  }

  /** A regular file of this folder; a link is refused. */
  openFile(name: EntryName): Promise<FileHandle> {
    return open(this.child(name), O_RDWR | O_NOFOLLOW);
  }

  /** What is there, the link itself if it is one; undefined when nothing is. */
  async kindOf(name: EntryName): Promise<"directory" | "other" | undefined> {
    try {
      return (await lstat(this.child(name))).isDirectory() ? "directory" : "other";
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Moves an entry of this folder; replaces a file or link of that name, never a folder with anything in it. */
  async move(name: EntryName, target: Directory, targetName: EntryName): Promise<void> {
    await rename(this.child(name), target.child(targetName));
  }

  async names(): Promise<readonly Buffer[]> {
    return readdir(this.self, { encoding: "buffer" });
  }

  async removeFile(name: EntryName): Promise<void> {
    await unlink(this.child(name));
  }

  /** Removes an entry and all below it, following no link; nothing there is fine. */
  async remove(name: EntryName): Promise<void> {
    await rm(this.child(name), { recursive: true, force: true });
  }

  /** Removes a folder if it is empty. */
  async removeIfEmpty(name: EntryName): Promise<void> {
    try {
      await rmdir(this.child(name));
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== "ENOTEMPTY" && errno !== "ENOENT" && errno !== "EEXIST" && errno !== "ENOTDIR") throw error;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A path for calls that take no descriptor: of the open file itself where the system has such paths, else `location`. */
export function handlePath(handle: FileHandle, location: string): string {
  return hasProc ? `/proc/self/fd/${handle.fd}` : location;
}

async function openFolder(location: EntryName): Promise<FileHandle> {
  try {
    return await open(location, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ELOOP" || (errno === "ENOTDIR" && (await isLink(location)))) {
      throw new FetchError("sandbox-escape", `the folder '${path.basename(location.toString())}' is a symbolic link`, {
        cause: error,
      });
    }
    throw error;
  }
}

async function isLink(location: EntryName): Promise<boolean> {
  return lstat(location).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}
