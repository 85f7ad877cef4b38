export type TaskRunnerErrorCode =
  /** The task asks for reservations of several roles, or lacks an id. */
  | "invalid-task"
  /** No master can be reached, or none leads. */
  | "master-unavailable"
  /** The master does not take us on as a framework. */
  | "refused"
  | "closed";

/** The task was not accepted; nothing has been started. */
export class TaskRunnerError extends Error {
  override readonly name = "TaskRunnerError";
  readonly code: TaskRunnerErrorCode;

  constructor(code: TaskRunnerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
