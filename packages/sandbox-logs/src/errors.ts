export type SandboxLogsErrorCode =
  /** Something other than a plain file of one name stands where the log belongs: a link, a pipe, a device, a directory. */
  | "not-a-file"
  /** This process may not write there. */
  | "permission-denied"
  /** The disk or the quota is full. */
  | "no-space"
  /** The sandbox directory is not there. */
  | "no-directory"
  /** The engine did not accept the attach; `cause` is its error. */
  | "attach-refused"
  /** Any other fault of the file system; `cause` has it. */
  | "io";

/** Why logs could not be opened or attached. */
export class SandboxLogsError extends Error {
  override readonly name = "SandboxLogsError";
  readonly code: SandboxLogsErrorCode;
  /** The file or the container it is about. */
  readonly subject: string;

  constructor(code: SandboxLogsErrorCode, message: string, subject: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.subject = subject;
  }
}

/** The `code` of a system error (`ENOSPC`), `undefined` for anything else. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
