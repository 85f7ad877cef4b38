export type TaskRunnerErrorCode =
  /** The task has an id that cannot be the name of a folder, or a user that this machine does not know. */
  | "invalid-task"
  /** Its sandbox could not be made. */
  | "sandbox-refused"
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
