/** `usage`: the command line is wrong; `task`: the task is; `environment`: this machine or the engine is not as it must be. */
export type CliErrorCode = "usage" | "task" | "environment";

/** Something to tell the person at the terminal. The message is complete: what, where, what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
