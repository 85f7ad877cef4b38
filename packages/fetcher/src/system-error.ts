import { FetchError, type FetchErrorCode } from "./errors.ts";

const codeByErrno: Readonly<Record<string, FetchErrorCode>> = {
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EACCES: "permission",
  EPERM: "permission",
  EROFS: "permission",
  EEXIST: "conflict",
  ENOTDIR: "conflict",
  EISDIR: "conflict",
  ENOTEMPTY: "conflict",
};

const reasonByErrno: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
};

/** The errno name of a caught system error, if it is one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function ensureError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Turns whatever was caught while doing `what` into a FetchError with the URI in it; a FetchError keeps its code. */
export function toFetchError(error: unknown, uri: string | undefined, what?: string): FetchError {
  if (error instanceof FetchError) {
    if (error.uri !== undefined || uri === undefined) return error;
    return new FetchError(error.code, error.reason, {
      uri,
      status: error.status,
      receivedBytes: error.receivedBytes,
      cause: error.cause,
    });
  }
  const errno = errnoOf(error);
  const code = (errno !== undefined && codeByErrno[errno]) || "io";
  // The text of a system error names paths below /proc/self/fd: the errno says the same without them.
  const detail =
    (errno !== undefined && reasonByErrno[errno]) || errno || (error instanceof Error ? error.message : String(error));
  return new FetchError(code, what === undefined ? detail : `${what}: ${detail}`, { uri, cause: error });
}
