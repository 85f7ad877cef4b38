export type StatusUpdatesErrorCode =
  /** An update that no master would take. */
  | "invalid-update"
  /** The records of an earlier life cannot be read or mended. */
  | "unreadable-file";

/** Failures of status updates. What happens every day (duplicates, a full disk) is an outcome instead. */
export class StatusUpdatesError extends Error {
  override readonly name = "StatusUpdatesError";
  readonly code: StatusUpdatesErrorCode;

  constructor(code: StatusUpdatesErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
