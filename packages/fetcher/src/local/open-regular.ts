import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { FetchError } from "../errors.ts";

/** Opens a regular file for reading; O_NONBLOCK, so that a pipe cannot hold us before we see what it is. */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (stats.isDirectory())
      throw new FetchError("unsupported", "the source is a directory; only files can be fetched");
    if (!stats.isFile()) throw new FetchError("unsupported", "the source is not a regular file");
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
