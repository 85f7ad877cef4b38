export type ContainerizerErrorCode =
  /** The launch failed; the message says why. */
  | "launch-failed"
  /** Destroyed while it was launching. */
  | "destroyed"
  | "unknown-container"
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
