import path from "node:path";
import type { ArchiveLimits } from "./fetcher-options.ts";
import { FetchError } from "./errors.ts";
import type { FetchedUri, FetchRequest } from "./fetcher.ts";
import { Placement } from "./fs/placement.ts";
import { Staging } from "./fs/staging.ts";
import { inParallel } from "./in-parallel.ts";
import { ProgressReporter } from "./progress-reporter.ts";
import type { Identity } from "./run-as.ts";
import { type StageContext, type StagedItem, stageItem } from "./stage-item.ts";
import { toFetchError } from "./system-error.ts";
import { gunzipName, type PlannedFetch } from "./uri/plan-fetch.ts";

export interface RunOptions {
  readonly sources: StageContext["sources"];
  readonly cache: StageContext["cache"];
  readonly identity: Identity | undefined;
  readonly limits: ArchiveLimits;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tar: StageContext["tar"];
  readonly maxParallel: number;
  /** Aborted when the fetcher closes. */
  readonly closing: AbortSignal;
  /** Aborted by that or by the caller. */
  readonly signal: AbortSignal;
}

/**
 * One task's fetch in two steps: everything is brought into a private folder, in parallel; when all of it is there, it is moved to its
 * place in the order of the URIs, so that of two archives with the same file the later one wins. A failure leaves nothing.
 */
export async function runFetch(
  items: readonly PlannedFetch[],
  request: FetchRequest,
  options: RunOptions,
): Promise<readonly FetchedUri[]> {
  try {
    options.signal.throwIfAborted();
    await using staging = await Staging.create(request.sandboxDirectory);
    const reader = {
      identity: options.identity,
      frameworksHome: request.frameworksHome,
      scratchParent: request.sandboxDirectory,
    };
    const staged = await inParallel(items, options.maxParallel, options.signal, async (item, signal) => {
      const progress = new ProgressReporter(item.shownUri, request.onProgress);
      try {
        const one = await stageItem(item, progress, { ...options, staging, reader, user: request.user, signal });
        progress.fetched(one.sizeBytes, one.fromCache);
        return one;
      } catch (error) {
        signal.throwIfAborted();
        throw toFetchError(error, item.shownUri);
      }
    });
    options.signal.throwIfAborted();
    await placeAll(staged, staging, request);
    return staged.map((one) => result(one, request.sandboxDirectory));
  } catch (error) {
    if (options.closing.aborted) throw options.closing.reason;
    if (request.signal?.aborted === true) {
      throw new FetchError("aborted", "the fetch was aborted", { cause: request.signal.reason });
    }
    throw toFetchError(error, undefined, `the sandbox '${request.sandboxDirectory}' cannot be used`);
  }
}

async function placeAll(staged: readonly StagedItem[], staging: Staging, request: FetchRequest): Promise<void> {
  const placement = new Placement(staging.sandbox, request.user);
  for (const one of staged) {
    try {
      await placeOne(one, staging, placement);
    } catch (error) {
      await placement.undo();
      throw toFetchError(error, one.item.shownUri, "it cannot be put into the sandbox");
    }
  }
}

async function placeOne(one: StagedItem, staging: Staging, placement: Placement): Promise<void> {
  const { item, file, tree, gunzipped } = one;
  if (file !== undefined) await placement.placeFile(staging.folder, file, item.target);
  if (gunzipped !== undefined) await placement.placeFile(staging.folder, gunzipped, [gunzipName(item)]);
  if (tree === undefined) return;
  await using from = await staging.folder.openDirectory(tree);
  await placement.placeTree(from);
}

function result(one: StagedItem, sandbox: string): FetchedUri {
  return {
    uri: one.item.shownUri,
    file: one.file === undefined ? undefined : path.join(sandbox, ...one.item.target),
    sizeBytes: one.sizeBytes,
    fromCache: one.fromCache,
    extracted: one.tree !== undefined || one.gunzipped !== undefined,
  };
}
