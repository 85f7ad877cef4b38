import { constants, type FileHandle, open, readlink, realpath } from "node:fs/promises";
import path from "node:path";

/** A file's text, or why it is not taken. The sandbox belongs to the task, the reader is root. */
export type SandboxFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly why: string };

const maxBytes = 1024 * 1024;

/** Reads a small file that really lies in the sandbox: links may lead about within, never out, also not while we look. */
export async function readSandboxFile(sandboxDirectory: string, name: string): Promise<SandboxFile> {
  let handle: FileHandle | undefined;
  try {
    const sandbox = await realpath(sandboxDirectory);
    const real = await realpath(path.join(sandbox, name));
    if (!isWithin(sandbox, real)) return { kind: "refused", why: "it leads out of the sandbox" };
    // NONBLOCK: opening a FIFO must not wait for a writer.
    handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    // A folder on the way may have become a link since.
    const opened = await openedPath(handle);
    if (opened !== undefined && !isWithin(sandbox, opened))
      return { kind: "refused", why: "it leads out of the sandbox" };
    return await readSmall(handle);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    return { kind: "refused", why: `it cannot be read (${code ?? "unknown"})` };
  } finally {
    await handle?.close();
  }
}

async function readSmall(handle: FileHandle): Promise<SandboxFile> {
  const stat = await handle.stat();
  if (!stat.isFile()) return { kind: "refused", why: "it is not a plain file" };
  if (stat.size > maxBytes) return { kind: "refused", why: `it has over ${maxBytes} bytes` };
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  // It may grow meanwhile; what is read is bounded all the same.
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
    if (length > maxBytes) return { kind: "refused", why: `it has over ${maxBytes} bytes` };
  }
  return { kind: "text", text: buffer.toString("utf8", 0, length) };
}

/** Where the open file lies now; undefined where there is no /proc to ask. */
function openedPath(handle: FileHandle): Promise<string | undefined> {
  return readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
}

function isWithin(directory: string, file: string): boolean {
  return file.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}
