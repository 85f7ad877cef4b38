/** What the operator sets. Everything has a default. */
export interface FetcherOptions {
  /** Absolute folder of the cache, owned by this fetcher; without one `cache: true` fetches directly. `--fetcher_cache_dir` */
  readonly cacheDirectory?: string | undefined;
  /** Default 2 GiB. `--fetcher_cache_size` */
  readonly cacheSizeBytes?: number | undefined;
  /** A transfer slower than 1 byte/s for this long is stalled; default 60 000. `--fetcher_stall_timeout` */
  readonly stallTimeoutMs?: number | undefined;
  /** Where `http_proxy` and its like, `PATH` and `HADOOP_HOME` are read, and what the hadoop client gets; default empty. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Overrides HADOOP_HOME of the environment. `--hadoop_home` */
  readonly hadoopHome?: string | undefined;
  /** URIs of one task fetched at the same time; default 8. */
  readonly maxParallel?: number | undefined;
  /** Default 10. */
  readonly maxRedirects?: number | undefined;
  readonly retry?: Partial<RetryOptions> | undefined;
  readonly archive?: Partial<ArchiveLimits> | undefined;
  /** `system` demands a `tar` in PATH, `library` never runs one; default `auto`: the system's when there is one. */
  readonly tar?: "auto" | "system" | "library" | undefined;
  /** PEM certificates trusted besides Node's and the system's own. */
  readonly tlsCertificates?: readonly string[] | undefined;
}

export interface RetryOptions {
  /** New attempts in a row that bring no new byte before the fetch fails; default 4. */
  readonly maxRetries: number;
  /** Before the first retry; doubles each time, with up to a quarter of jitter. Default 500. */
  readonly baseDelayMs: number;
  /** Ceiling of the delay and of what Retry-After may ask for; default 30 000. */
  readonly maxDelayMs: number;
}

export interface ArchiveLimits {
  /** Default 1 000 000. */
  readonly maxEntries: number;
  /** Default 64 GiB. */
  readonly maxExtractedBytes: number;
  /** Extracted bytes for each byte of the archive, judged from 64 MiB extracted on; default 200. */
  readonly maxRatio: number;
}

export const defaultRetry: RetryOptions = { maxRetries: 4, baseDelayMs: 500, maxDelayMs: 30_000 };

export const defaultArchiveLimits: ArchiveLimits = {
  maxEntries: 1_000_000,
  maxExtractedBytes: 64 * 2 ** 30,
  maxRatio: 200,
};
