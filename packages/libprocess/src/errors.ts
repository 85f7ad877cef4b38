export type LibprocessErrorCode =
  /** The port is taken, the address is not ours, or the host name has no IPv4 address. */
  | "listen-failed"
  /** A certificate or key cannot be used. */
  | "tls-failed"
  /** The name has no IPv4 address. */
  | "lookup-failed"
  /** Refused, unreachable, or the TLS handshake failed. */
  | "connect-failed"
  /** No connection within `connectTimeoutMs`. */
  | "connect-timeout";

/** Every failure of this package that is thrown or logged. The system's own error is the cause. */
export class LibprocessError extends Error {
  override readonly name = "LibprocessError";
  readonly code: LibprocessErrorCode;
  /** The address it was about, `10.0.0.1:5050`. */
  readonly address: string;

  constructor(code: LibprocessErrorCode, message: string, address: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.address = address;
  }
}
