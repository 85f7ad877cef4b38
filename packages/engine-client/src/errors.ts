/**
 * Why a call failed. `unreachable`, `timeout`, `server` and `protocol` say nothing about the container the call was
 * about: only `not-found` does.
 */
export type EngineErrorCode =
  /** No socket, connection refused or reset, DNS failure, TLS failure. */
  | "unreachable"
  /** The socket exists and this user may not open it. */
  | "permission-denied"
  /** The call's budget ran out. */
  | "timeout"
  /** The caller's signal ended the call. */
  | "aborted"
  /** 400: the engine refuses the request itself. */
  | "bad-request"
  /** 401 or 403. */
  | "unauthorized"
  /** 404. */
  | "not-found"
  /** 409. */
  | "conflict"
  /** 5xx. */
  | "server"
  /** An answer that is not the Engine API: bad JSON, unknown frame, stream cut within a record. */
  | "protocol"
  /** The engine is too old or too new for the call, or its address is of a kind that Berth does not dial. */
  | "unsupported"
  /** DOCKER_HOST or the TLS files beside it cannot be used. */
  | "configuration";

export interface EngineErrorDetails {
  /** Which call, in the words of the API: `POST /containers/create`. */
  readonly call: string;
  /** The engine spoken to: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  readonly statusCode?: number | undefined;
  readonly budgetMs?: number | undefined;
}

/** Every failure of the Engine client. The engine's own words stand in `message`. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  readonly call: string;
  readonly endpoint: string;
  readonly statusCode: number | undefined;
  readonly budgetMs: number | undefined;

  constructor(code: EngineErrorCode, message: string, details: EngineErrorDetails, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.call = details.call;
    this.endpoint = details.endpoint;
    this.statusCode = details.statusCode;
    this.budgetMs = details.budgetMs;
  }
}

/** Whether `error` is an EngineError, and, when codes are given, one of these. */
export function isEngineError(error: unknown, ...codes: readonly EngineErrorCode[]): error is EngineError {
  return error instanceof EngineError && (codes.length === 0 || codes.includes(error.code));
}
