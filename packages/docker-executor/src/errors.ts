import type { PlanFault } from "./docker-executor.ts";

export type DockerExecutorErrorCode =
  /** The task asks for what cannot be given; `faults` says where. */
  | "invalid-task"
  /** Something on the way to the running container failed; the message is the status's. */
  | "launch-failed"
  /** A kill, a destroy or the end of the allowed time came first. */
  | "ended-before-running";

/** Why a task did not get to run. */
export class DockerExecutorError extends Error {
  override readonly name = "DockerExecutorError";
  readonly code: DockerExecutorErrorCode;
  readonly faults: readonly PlanFault[];

  constructor(
    code: DockerExecutorErrorCode,
    message: string,
    details: { readonly faults?: readonly PlanFault[] } = {},
  ) {
    super(message);
    this.code = code;
    this.faults = details.faults ?? [];
  }
}
