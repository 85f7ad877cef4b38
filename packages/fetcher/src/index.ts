export { createFetcher, type FetcherDeps } from "./create-fetcher.ts";
export { FetchError, type FetchErrorCode } from "./errors.ts";
export type { FetchedUri, Fetcher, FetcherMetrics, FetchProgress, FetchRequest, FetchUser } from "./fetcher.ts";
export type { ArchiveLimits, FetcherOptions, RetryOptions } from "./fetcher-options.ts";
export { redactUri } from "./uri/redact-uri.ts";
export { type PlannedFetch, planFetch } from "./uri/plan-fetch.ts";
