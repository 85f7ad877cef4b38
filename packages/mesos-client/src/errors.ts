/** Why a call failed. Only `refused` says that the other side has read it. */
export type MesosClientErrorCode =
  /** The address is none: neither `host:port` nor a http or https URL. */
  | "invalid-address"
  /** No connection, a lost one, or no answer in time: whether the call was carried out is not known. */
  | "unreachable"
  /** Answered with a status that is none of success, or, in a stream, with an ERROR event; `status` and `text` are theirs. */
  | "refused"
  /** Redirected from one master to the next, and never to one that leads. */
  | "not-leader"
  /** An answer that is not of this API. */
  | "malformed"
  /** The stream of events was cut, or silent for five heartbeats. */
  | "stream-broken"
  /** The caller's signal or `close` ended it. */
  | "aborted";

export interface MesosClientErrorDetails {
  /** Whom we spoke to: `http://10.0.0.1:5050/api/v1/scheduler`. */
  readonly url?: string | undefined;
  readonly status?: number | undefined;
  /** What they said, cut to a reasonable length. */
  readonly text?: string | undefined;
}

/** Every failure of these clients. */
export class MesosClientError extends Error {
  override readonly name = "MesosClientError";
  readonly code: MesosClientErrorCode;
  readonly url: string | undefined;
  readonly status: number | undefined;
  readonly text: string | undefined;

  constructor(
    code: MesosClientErrorCode,
    message: string,
    details: MesosClientErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.url = details.url;
    this.status = details.status;
    this.text = details.text;
  }
}

/** Whether `error` is a MesosClientError, and, when codes are given, one of these. */
export function isMesosClientError(
  error: unknown,
  ...codes: readonly MesosClientErrorCode[]
): error is MesosClientError {
  return error instanceof MesosClientError && (codes.length === 0 || codes.includes(error.code));
}
