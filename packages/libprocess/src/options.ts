/** Certificates for both directions. With them every connection is TLS, in and out, as with LIBPROCESS_SSL_ENABLED. */
export interface LibprocessTls {
  /** PEM. */
  readonly key: string | Uint8Array;
  /** PEM, with the chain. */
  readonly cert: string | Uint8Array;
  /** PEM of whom we trust; the system's when absent. */
  readonly ca?: string | Uint8Array | undefined;
  /** Whether a server's certificate must be trusted and name the host that we connect to. */
  readonly verifyServer: boolean;
  /** Whether clients must show a certificate that we trust. */
  readonly requireClientCertificate: boolean;
}

/** What bounds memory. Every limit is soft for the rest: what exceeds it is refused, nobody else notices. */
export interface LibprocessLimits {
  /** Of one message's body, after gunzip. More is answered 413. */
  readonly messageBytes: number;
  /** Of all bodies that are being received. Beyond it the body that has cost most (bytes times time) is answered 503. */
  readonly inFlightBytes: number;
  /** Answers to messages that wait for their peers to read, about 8 KiB each. Beyond it the connection of the costliest is closed. */
  readonly unreadAnswers: number;
  /** Of a request's head. More is answered 431. */
  readonly headerBytes: number;
  /** Incoming connections. New ones beyond it are closed at once. */
  readonly connections: number;
  /** Incoming connections from one address, so that one host cannot take all. */
  readonly connectionsPerAddress: number;
  /** Of all messages that wait for one destination. What does not fit is dropped. */
  readonly queueBytes: number;
  /** For name, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** After which an outgoing connection without a link is closed. */
  readonly idleMs: number;
}

export interface LibprocessOptions {
  /** To bind to; `0.0.0.0` for all, then the PID holds what the host name resolves to unless `advertiseIp` is given. */
  readonly ip: string;
  /** 0 for any. */
  readonly port: number;
  /** What stands in our PIDs instead. */
  readonly advertiseIp?: string | undefined;
  readonly advertisePort?: number | undefined;
  readonly tls?: LibprocessTls | undefined;
  /** Refuse messages whose PID has another address than their connection (LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH). */
  readonly requirePeerAddressIpMatch?: boolean | undefined;
  /** `this-machine` refuses messages of all other machines with 403, whatever PID they hold; HTTP is not concerned. Default: `anywhere`. */
  readonly messagesFrom?: "anywhere" | "this-machine" | undefined;
  /**
   * For a port that trusts whoever reaches it because only this machine does: refuse with 403 what a web page of another site makes a
   * browser of this machine send, messages and HTTP alike. `ownNames` are names by which the port may be called beside addresses,
   * `localhost` and the machine's own name. Every site is let in unless given, as in the original.
   */
  readonly refuseOtherSites?: { readonly ownNames: readonly string[] } | undefined;
  /** `address` as Mesos 1.12 sends it, or `empty` as 1.11 did; receivers take both. */
  readonly hostHeader?: "address" | "empty" | undefined;
  readonly limits?: Partial<LibprocessLimits> | undefined;
}

const MiB = 1024 * 1024;

export const defaultLimits: LibprocessLimits = {
  messageBytes: 64 * MiB,
  inFlightBytes: 256 * MiB,
  unreadAnswers: 16 * 1024,
  headerBytes: 16 * 1024,
  connections: 8192,
  connectionsPerAddress: 6144,
  queueBytes: 128 * MiB,
  connectTimeoutMs: 10_000,
  idleMs: 30_000,
};
