import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import type { FileLocation } from "./file-roots.ts";

/** A file or folder that lies inside its root, held by a handle: what its path leads to from now on does not matter. */
export interface OpenedPath {
  readonly stats: Stats;
  /** A path to the very inode, whatever happens to its name. */
  readonly handlePath: string;
  /** Opens the inode for reading. Only ask for regular files: opening a device does things. */
  readonly openFile: () => Promise<FileHandle>;
}

export type OpenInside<T> =
  | { readonly ok: true; readonly value: T }
  /** `not-found` also stands for what lies outside: who asks learns nothing of it. */
  | { readonly ok: false; readonly why: "not-found" | "forbidden" };

/** Linux: a handle that names an inode without opening it. No device is touched, no fifo is waited for. Node has no name for it. */
const O_PATH = 0o10_000_000;

/**
 * Opens a location and calls `use` with it; the handle is closed afterwards. Links are followed by the kernel, and the place where they
 * lead is then asked of the kernel, for the handle: between that question and the reading there is no path left that anybody
 * could turn around. Rejects with Node's error for what is neither missing nor forbidden.
 */
export async function openInside<T>(
  location: FileLocation,
  use: (opened: OpenedPath) => Promise<T>,
): Promise<OpenInside<T>> {
  let root: FileHandle | undefined;
  let handle: FileHandle | undefined;
  try {
    root = await open(location.root, O_PATH);
    const rootPath = await readlink(pathOf(root));
    handle =
      location.segments.length === 0 ? root : await open(`${location.root}/${location.segments.join("/")}`, O_PATH);
    if (!isWithin(await readlink(pathOf(handle)), rootPath)) return { ok: false, why: "not-found" };
    const handlePath = pathOf(handle);
    const stats = await handle.stat();
    const openFile = () => open(handlePath, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return { ok: true, value: await use({ stats, handlePath, openFile }) };
  } catch (error) {
    const why = expected[(error as NodeJS.ErrnoException).code ?? ""];
    if (why === undefined) throw error;
    return { ok: false, why };
  } finally {
    if (handle !== root) await handle?.close();
    await root?.close();
  }
}

const expected: Readonly<Record<string, "not-found" | "forbidden">> = {
  ENOENT: "not-found",
  ENOTDIR: "not-found",
  ELOOP: "not-found",
  ENAMETOOLONG: "not-found",
  EACCES: "forbidden",
  EPERM: "forbidden",
};

function pathOf(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

/** Both as the kernel names them, free of links. */
function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}
