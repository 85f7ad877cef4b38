export type HttpEndpointsErrorCode =
  /** More bytes than the route takes, as sent or once inflated. Answered with 413. */
  | "body-too-large"
  /** All requests together hold more than the server may. Answered with 503. */
  | "too-many-bodies"
  /** Not gzip though it says so. Answered with 400. */
  | "malformed-body"
  /** A Content-Encoding other than gzip. Answered with 415. */
  | "unsupported-encoding"
  /** The body did not come within its time. Answered with 408. */
  | "body-timeout"
  /** The peer went away before its request was whole. */
  | "peer-gone"
  /** What a route or a caller says about itself cannot be. */
  | "invalid-options";

/** Every failure of the endpoints. `statusCode` is what the peer is answered. */
export class HttpEndpointsError extends Error {
  override readonly name = "HttpEndpointsError";
  readonly code: HttpEndpointsErrorCode;
  readonly limitBytes: number | undefined;

  constructor(code: HttpEndpointsErrorCode, message: string, details: { limitBytes?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.limitBytes = details.limitBytes;
  }

  get statusCode(): number {
    return statusCodes[this.code];
  }
}

const statusCodes: Readonly<Record<HttpEndpointsErrorCode, number>> = {
  "body-too-large": 413,
  "too-many-bodies": 503,
  "malformed-body": 400,
  "unsupported-encoding": 415,
  "body-timeout": 408,
  "peer-gone": 400,
  "invalid-options": 500,
};
