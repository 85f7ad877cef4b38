import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import {
  createFetcher,
  FetchError,
  type FetchedUri,
  type Fetcher,
  type FetcherOptions,
  type FetchProgress,
  type FetchRequest,
} from "../../src/index.ts";

export interface Workspace {
  readonly root: string;
  readonly sandbox: string;
  readonly cacheDirectory: string;
  readonly fetcher: Fetcher;
  readonly progress: FetchProgress[];
  /** Fetches into the sandbox. */
  fetch(uris: FetchRequest["uris"], more?: Partial<FetchRequest>): Promise<readonly FetchedUri[]>;
  /** Another sandbox beside the first. */
  newSandbox(name: string): Promise<string>;
}

/** Delays short enough for tests; everything else as in production. */
export const quick = { maxRetries: 2, baseDelayMs: 1, maxDelayMs: 2_000 };

/** A temp folder with an empty sandbox and a fetcher; gone when the test ends. Passable, so that task users reach what they may. */
export async function workspace(options: FetcherOptions = {}): Promise<Workspace> {
  const root = await temporaryFolder();
  const sandbox = path.join(root, "sandbox");
  await mkdir(sandbox, { mode: 0o755 });
  const cacheDirectory = path.join(root, "cache");
  const progress: FetchProgress[] = [];
  const fetcher = createFetcher(
    { now: () => Date.now(), random: () => 0 },
    { cacheDirectory, retry: quick, environment: { PATH: process.env["PATH"] }, ...options },
  );
  onTestFinished(() => fetcher.close());
  return {
    root,
    sandbox,
    cacheDirectory,
    fetcher,
    progress,
    fetch: (uris, more = {}) =>
      fetcher.fetch({
        containerId: "c1",
        uris,
        sandboxDirectory: sandbox,
        onProgress: (event) => progress.push(event),
        ...more,
      }),
    newSandbox: async (name) => {
      const folder = path.join(root, name);
      await mkdir(folder, { mode: 0o755 });
      return folder;
    },
  };
}

export async function temporaryFolder(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "berth-test-fetcher-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await chmod(root, 0o755);
  return root;
}

/** All paths below a folder, sorted. */
export async function tree(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

/** The content files that the cache holds. */
export async function cachedFiles(cacheDirectory: string): Promise<string[]> {
  const names = await readdir(cacheDirectory).catch(() => []);
  return names.filter((name) => name.startsWith("file-"));
}

/** The code that a fetch fails with; looked at from the start, so that no rejection goes unseen. */
export async function codeOf(fetching: Promise<unknown>): Promise<string> {
  try {
    await fetching;
    return "succeeded";
  } catch (error) {
    return error instanceof FetchError ? error.code : String(error);
  }
}
