import { FileCache } from "./cache/file-cache.ts";
import { CacheStore } from "./cache/cache-store.ts";
import { FetchError } from "./errors.ts";
import type { FetchedUri, Fetcher, FetcherMetrics, FetchRequest } from "./fetcher.ts";
import { defaultArchiveLimits, defaultRetry, type FetcherOptions } from "./fetcher-options.ts";
import { findProgram } from "./find-program.ts";
import { identityOf } from "./local/identity.ts";
import { runFetch } from "./run-fetch.ts";
import { Sources } from "./sources.ts";
import { planFetch } from "./uri/plan-fetch.ts";

export interface FetcherDeps {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to below 1, for the jitter of retries. */
  readonly random: () => number;
}

/** A fetcher of its own connections and, with `cacheDirectory`, its own cache. Does no I/O before the first fetch. */
export function createFetcher(deps: FetcherDeps, options: FetcherOptions = {}): Fetcher {
  return new MesosFetcher(deps, options);
}

class MesosFetcher implements Fetcher {
  readonly #options: FetcherOptions;
  readonly #sources: Sources;
  readonly #cache: { readonly files: FileCache; readonly folder: string } | undefined;
  readonly #closing = new AbortController();
  readonly #active = new Set<Promise<unknown>>();
  #succeeded = 0;
  #failed = 0;

  constructor(deps: FetcherDeps, options: FetcherOptions) {
    this.#options = options;
    this.#sources = new Sources({
      environment: options.environment ?? {},
      hadoopHome: options.hadoopHome,
      retry: { ...defaultRetry, ...options.retry },
      stallTimeoutMs: options.stallTimeoutMs ?? 60_000,
      maxRedirects: options.maxRedirects ?? 10,
      tlsCertificates: options.tlsCertificates ?? [],
      ...deps,
    });
    if (options.cacheDirectory === undefined) return;
    const store = new CacheStore(options.cacheDirectory, process.pid);
    const files = new FileCache({ store, limitBytes: this.#cacheSizeBytes, now: deps.now });
    this.#cache = { files, folder: options.cacheDirectory };
  }

  async fetch(request: FetchRequest): Promise<readonly FetchedUri[]> {
    const running = this.#fetch(request);
    this.#active.add(running);
    try {
      const fetched = await running;
      this.#succeeded += 1;
      return fetched;
    } catch (error) {
      this.#failed += 1;
      throw error;
    } finally {
      this.#active.delete(running);
    }
  }

  validate(uris: FetchRequest["uris"]): readonly { readonly index: number; readonly message: string }[] {
    return planFetch(uris, this.#cache !== undefined).faults.map(({ index, message }) => ({ index, message }));
  }

  metrics(): FetcherMetrics {
    return {
      taskFetchesSucceeded: this.#succeeded,
      taskFetchesFailed: this.#failed,
      cacheSizeTotalBytes: this.#cacheSizeBytes,
      cacheSizeUsedBytes: this.#cache?.files.usedBytes ?? 0,
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new FetchError("closed", "the fetcher was closed"));
    await Promise.allSettled(this.#active);
    await this.#cache?.files.close();
    await this.#sources.close();
  }

  get #cacheSizeBytes(): number {
    return this.#options.cacheSizeBytes ?? 2 * 2 ** 30;
  }

  async #fetch(request: FetchRequest): Promise<readonly FetchedUri[]> {
    if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
    const plan = planFetch(request.uris, this.#cache !== undefined);
    const fault = plan.faults[0];
    if (fault !== undefined) throw new FetchError(fault.code, `Could not fetch: ${fault.message}`);
    if (plan.items.length === 0) return [];
    const { environment = {}, archive, maxParallel = 8, tar = "auto" } = this.#options;
    const canSetGroups = (await findProgram("setpriv", environment["PATH"])) !== undefined;
    const identity = await identityOf(request.user, process.geteuid?.() ?? -1, canSetGroups);
    const signals = [this.#closing.signal, ...(request.signal === undefined ? [] : [request.signal])];
    return runFetch(plan.items, request, {
      sources: this.#sources,
      cache: this.#cache,
      identity,
      limits: { ...defaultArchiveLimits, ...archive },
      environment,
      tar,
      maxParallel,
      closing: this.#closing.signal,
      signal: AbortSignal.any(signals),
    });
  }
}
