/**
 * Why a fetch failed. `status` is set for `http-status`, `not-found` (by HTTP) and `ftp-status`.
 * - `invalid-uri`: the URI or `output_file` can never be fetched as written
 * - `conflict`: two URIs of one task want the same name, or something else stands where the file belongs
 * - `redirect`: too many, to another scheme, or from https to http
 * - `incomplete`: the body ended early and all retries are used up
 * - `sandbox-escape`: a folder on the way to the target is a link
 * - `closed`: the fetcher was closed
 */
export type FetchErrorCode =
  | "invalid-uri"
  | "conflict"
  | "not-found"
  | "http-status"
  | "ftp-status"
  | "redirect"
  | "connection"
  | "stalled"
  | "incomplete"
  | "checksum"
  | "archive-escape"
  | "archive-bomb"
  | "archive-damaged"
  | "sandbox-escape"
  | "no-space"
  | "permission"
  | "unsupported"
  | "client-failed"
  | "io"
  | "aborted"
  | "closed";

export interface FetchErrorDetails {
  /** Without userinfo and query values. */
  readonly uri?: string | undefined;
  readonly status?: number | undefined;
  readonly receivedBytes?: number | undefined;
  readonly cause?: unknown;
}

/** The one error of this package. The message holds no secrets and needs no stack to be understood. */
export class FetchError extends Error {
  readonly code: FetchErrorCode;
  readonly uri: string | undefined;
  readonly status: number | undefined;
  /** Bytes of the body that arrived before the failure. */
  readonly receivedBytes: number | undefined;
  /** The message without the URI. */
  readonly reason: string;

  constructor(code: FetchErrorCode, reason: string, details: FetchErrorDetails = {}) {
    const message = details.uri === undefined ? reason : `Failed to fetch '${details.uri}': ${reason}`;
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "FetchError";
    this.code = code;
    this.reason = reason;
    this.uri = details.uri;
    this.status = details.status;
    this.receivedBytes = details.receivedBytes;
  }
}
