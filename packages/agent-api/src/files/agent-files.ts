import type { Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import type { Readable } from "node:stream";
import { boundedMap } from "../bounded-map.ts";
import { createGate } from "../gate.ts";
import { type FileFault, fileFault, forbidden, notFound } from "./file-fault.ts";
import { type IdNames, type ListedFile, listedFile } from "./file-info.ts";
import type { FileLocation, FileRoots } from "./file-roots.ts";
import { openInside, type OpenedPath } from "./open-inside.ts";

/** What can be seen of the files below the registered roots, and of nothing else. All paths are virtual. */
export interface AgentFiles {
  /** A folder's entries, sorted by path; a file has none. */
  browse(
    path: string,
    signal?: AbortSignal,
  ): Promise<{ readonly ok: true; readonly files: readonly ListedFile[] } | FileFault>;
  /** At most 16 pages. `offset` undefined asks for the size only; `length` undefined reads to the end. */
  read(path: string, offset: number | undefined, length: number | undefined): Promise<ReadFile | FileFault>;
  /** All of a file as it is now; what is appended later is not in it. The stream holds a file handle until it is read or destroyed. */
  download(
    path: string,
  ): Promise<{ readonly ok: true; readonly sizeBytes: number; readonly body: Readable } | FileFault>;
}

export interface ReadFile {
  readonly ok: true;
  readonly sizeBytes: number;
  /** Of the first byte of `data`; the size when it was asked for, or lay beyond. */
  readonly offset: number;
  readonly data: Uint8Array;
}

export interface AgentFilesOptions {
  /** 64 KiB: 16 pages of 4096 bytes, whatever the machine's pages are. */
  readonly maxReadBytes?: number | undefined;
  readonly maxEntries?: number | undefined;
  readonly maxDownloads?: number | undefined;
  /** Folders that are listed at one time; other callers wait. A large one takes seconds and tens of megabytes. */
  readonly maxListings?: number | undefined;
}

export function createAgentFiles(
  deps: { readonly roots: FileRoots; readonly readIdNames: () => Promise<IdNames> },
  options: AgentFilesOptions = {},
): AgentFiles {
  const { maxReadBytes = 65_536, maxEntries = 100_000, maxDownloads = 256, maxListings = 2 } = options;
  const listing = createGate(maxListings);
  let downloads = 0;

  const opened = async <T extends { readonly ok: true }>(
    path: string,
    use: (opened: OpenedPath, location: FileLocation) => Promise<T | FileFault>,
  ): Promise<T | FileFault> => {
    const location = deps.roots.locate(path);
    if (location === undefined) return notFound(path);
    const result = await openInside(location, (each) => use(each, location));
    if (result.ok) return result.value;
    return result.why === "forbidden" ? forbidden(path) : notFound(path);
  };

  const list = (path: string) =>
    opened(path, async ({ stats, handlePath }, location) => {
      if (!stats.isDirectory()) return { ok: true, files: [] };
      const names = await entryNames(handlePath, maxEntries);
      if (names === undefined) return fileFault(500, `'${path}' holds more than ${maxEntries} entries`);
      const idNames = await deps.readIdNames();
      const parent = path.replace(/\/+$/, "");
      const files = await boundedMap(names, 16, async (name) => {
        const stats = await entryStats(location, name, `${handlePath}/${name}`);
        return stats === undefined ? [] : [listedFile(`${parent}/${name}`, stats, idNames)];
      });
      return { ok: true, files: files.flat().sort((a, b) => (a.path < b.path ? -1 : 1)) };
    });

  return {
    browse: (path, signal) => listing(() => list(path), signal),

    read: (path, offset, length) =>
      opened(path, async (file) => {
        const refused = notRegular(path, file.stats);
        if (refused !== undefined) return refused;
        const sizeBytes = file.stats.size;
        if (offset === undefined || offset >= sizeBytes) {
          return { ok: true, sizeBytes, offset: sizeBytes, data: new Uint8Array() };
        }
        const wanted = Math.min(length ?? sizeBytes, sizeBytes - offset, maxReadBytes);
        const handle = await file.openFile();
        try {
          const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset);
          return { ok: true, sizeBytes, offset, data: buffer.subarray(0, bytesRead) };
        } finally {
          await handle.close();
        }
      }),

    download: (path) =>
      opened(path, async (file) => {
        const refused = notRegular(path, file.stats);
        if (refused !== undefined) return refused;
        if (downloads >= maxDownloads) return fileFault(503, "Too many downloads are under way, try again later");
        downloads += 1;
        const handle = await file.openFile().catch((error: unknown) => {
          downloads -= 1;
          throw error;
        });
        const sizeBytes = file.stats.size;
        // `end` is the last byte, not the one after it.
        const body = handle.createReadStream(sizeBytes === 0 ? {} : { start: 0, end: sizeBytes - 1 });
        body.once("close", () => {
          downloads -= 1;
        });
        return { ok: true, sizeBytes, body };
      }),
  };
}

function notRegular(path: string, stats: Stats): FileFault | undefined {
  if (stats.isDirectory()) return fileFault(400, `'${path}' is a folder`);
  return stats.isFile() ? undefined : fileFault(403, `'${path}' is no regular file`);
}

/** Undefined when there are more than may be. */
async function entryNames(handlePath: string, maxEntries: number): Promise<readonly string[] | undefined> {
  const names: string[] = [];
  for await (const entry of await opendir(handlePath)) {
    if (names.length === maxEntries) return undefined;
    names.push(entry.name);
  }
  return names;
}

/** A link that stays inside shows what it leads to, any other itself. Undefined: it went away meanwhile. */
async function entryStats(location: FileLocation, name: string, entryPath: string): Promise<Stats | undefined> {
  const own = await lstat(entryPath).catch(() => undefined);
  if (own === undefined || !own.isSymbolicLink()) return own;
  const target = { root: location.root, segments: [...location.segments, name] };
  const led = await openInside(target, async ({ stats }) => stats).catch(() => undefined);
  return led?.ok === true ? led.value : own;
}
