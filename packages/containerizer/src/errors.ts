export type ContainerizerErrorCode =
  /** The launch failed; the message says why. */
  | "launch-failed"
  /** Destroyed while it was launching. */
  | "destroyed"
  | "unknown-container"
  /** The container is known and has no process at the moment, so there is nothing to measure. */
  | "not-running"
  /** The resources of a running container could not be changed. */
  | "update-failed"
  /** An id that cannot be the name of a folder. */
  | "invalid-id"
  /** The sandbox could not be made: a link in its path, no permission, a full disk. */
  | "sandbox-refused"
  /** The task's user is not known on this machine. */
  | "unknown-user"
  /** `close` was called before. */
  | "closed"
  /** The containerizer does not offer the operation. */
  | "unsupported";

export class ContainerizerError extends Error {
  override readonly name = "ContainerizerError";
  readonly code: ContainerizerErrorCode;
  readonly containerId: string;

  constructor(code: ContainerizerErrorCode, message: string, containerId: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.containerId = containerId;
  }
}

/** Whether `error` is a ContainerizerError, and, when codes are given, one of these. */
export function isContainerizerError(
  error: unknown,
  ...codes: readonly ContainerizerErrorCode[]
): error is ContainerizerError {
  return error instanceof ContainerizerError && (codes.length === 0 || codes.includes(error.code));
}
