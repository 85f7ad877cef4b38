export type MasterDetectorErrorCode =
  /** `--master` is none of the known forms. */
  | "malformed"
  /** A `zk://` without a path, or with `/` alone. */
  | "no-path"
  /** The file of `file://` cannot be read. */
  | "unreadable-file"
  /** ZooKeeper refuses the credentials as such. */
  | "authentication-failed"
  /** ZooKeeper lets these credentials neither read nor make the path. */
  | "not-authorized";

/** Why there can be no detection. No credentials are in the message. */
export class MasterDetectorError extends Error {
  override readonly name = "MasterDetectorError";
  readonly code: MasterDetectorErrorCode;
  /** What was to be watched, `zk://a:2181,b:2181/mesos`; credentials are left out. */
  readonly target: string;

  constructor(code: MasterDetectorErrorCode, message: string, target: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.target = target;
  }
}
