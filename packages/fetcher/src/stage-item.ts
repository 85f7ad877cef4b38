import { constants } from "node:fs";
import { copyFile, type FileHandle } from "node:fs/promises";
import { gunzipFile } from "./archive/gunzip-file.ts";
import { unpack } from "./archive/unpack.ts";
import type { UnpackOptions } from "./archive/unpack-options.ts";
import { cacheKey, checksumError, type FileCache, type Lease } from "./cache/file-cache.ts";
import type { FetchUser } from "./fetcher.ts";
import type { ArchiveLimits } from "./fetcher-options.ts";
import { handlePath } from "./fs/directory.ts";
import { hashFile } from "./fs/hash-file.ts";
import type { Staging } from "./fs/staging.ts";
import type { ProgressReporter } from "./progress-reporter.ts";
import type { Reader, Sources } from "./sources.ts";
import { keepsFile, type PlannedFetch } from "./uri/plan-fetch.ts";

export interface StageContext {
  readonly sources: Sources;
  readonly cache: { readonly files: FileCache; readonly folder: string } | undefined;
  readonly staging: Staging;
  readonly reader: Reader;
  readonly user: FetchUser | undefined;
  readonly limits: ArchiveLimits;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tar: "auto" | "system" | "library";
  readonly signal: AbortSignal;
}

/** What stands finished in the private folder: names there, undefined for what this URI does not bring. */
export interface StagedItem {
  readonly item: PlannedFetch;
  readonly file: string | undefined;
  readonly tree: string | undefined;
  readonly gunzipped: string | undefined;
  readonly sizeBytes: number;
  readonly fromCache: boolean;
}

/** Brings one URI into the private folder, unpacked and owned as it shall be; nothing of it is in its place yet. */
export async function stageItem(
  item: PlannedFetch,
  progress: ProgressReporter,
  context: StageContext,
): Promise<StagedItem> {
  const lease = item.cache ? await acquire(item, progress, context) : undefined;
  if (lease === undefined) return stageDirect(item, progress, context);
  try {
    const file = keepsFile(item) ? `${item.index}.file` : undefined;
    if (file !== undefined) {
      await copyFile(
        handlePath(lease.file, lease.path),
        context.staging.folder.child(file),
        constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
      );
      const copy = await context.staging.folder.openFile(file);
      try {
        await finish(copy, item, context.user);
      } finally {
        await copy.close();
      }
    }
    const unpacked = await extract(item, lease.file, progress, context);
    return { item, file, ...unpacked, sizeBytes: lease.sizeBytes, fromCache: lease.fromCache };
  } finally {
    await lease.release();
  }
}

async function stageDirect(item: PlannedFetch, progress: ProgressReporter, context: StageContext): Promise<StagedItem> {
  const { signal } = context;
  const { source, pin } = item.parsed;
  // Without room in the cache there is a file even where the cache would have left only the contents.
  const name = `${item.index}.file`;
  const file = await context.staging.folder.createFile(name);
  try {
    const target = { shownUri: item.shownUri, file, signal, known: undefined, ...progress.events };
    await context.sources.transfer(source, context.reader, target);
    const { size } = await file.stat();
    if (pin !== undefined) {
      const sha256 = await hashFile(file, signal);
      if (sha256 !== pin) throw checksumError(pin, sha256);
    }
    await finish(file, item, context.user);
    const unpacked = await extract(item, file, progress, context);
    return { item, file: keepsFile(item) ? name : undefined, ...unpacked, sizeBytes: size, fromCache: false };
  } finally {
    await file.close();
  }
}

async function acquire(
  item: PlannedFetch,
  progress: ProgressReporter,
  context: StageContext,
): Promise<Lease | undefined> {
  const { cache, sources } = context;
  if (cache === undefined) return undefined;
  const { source, pin } = item.parsed;
  return cache.files.acquire({
    key: cacheKey(
      context.user?.name,
      JSON.stringify([source, pin, source.kind === "relative" ? context.reader.frameworksHome : null]),
    ),
    pin,
    events: progress.events,
    onWaiting: () => progress.waiting(),
    signal: context.signal,
    load: ({ file, known, signal, events }) =>
      sources.transfer(
        source,
        { ...context.reader, scratchParent: cache.folder },
        { shownUri: item.shownUri, file, signal, known, ...events },
      ),
  });
}

/** Mode and owner, by the open file. */
async function finish(file: FileHandle, item: PlannedFetch, user: FetchUser | undefined): Promise<void> {
  await file.chmod(item.executable ? 0o755 : 0o644);
  if (user !== undefined) await file.chown(user.uid, user.gid);
}

async function extract(
  item: PlannedFetch,
  archive: FileHandle,
  progress: ProgressReporter,
  context: StageContext,
): Promise<{ tree: string | undefined; gunzipped: string | undefined }> {
  if (item.extract === undefined) return { tree: undefined, gunzipped: undefined };
  progress.extracting();
  const { folder } = context.staging;
  const { identity } = context.reader;
  const options: Omit<UnpackOptions, "into"> = { ...context, archive, identity };
  if (item.extract === "gunzip") {
    const name = `${item.index}.gunzip`;
    const target = await folder.createFile(name);
    try {
      await gunzipFile(options, target);
      await finish(target, item, context.user);
    } finally {
      await target.close();
    }
    return { tree: undefined, gunzipped: name };
  }
  const name = `${item.index}.tree`;
  await using into = await folder.makeDirectory(name, 0o700, identity ?? undefined);
  await unpack({ ...options, into });
  return { tree: name, gunzipped: undefined };
}
