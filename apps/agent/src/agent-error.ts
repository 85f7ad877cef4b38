/**
 * `usage`: a flag or a setting is wrong; `environment`: this machine or the engine is not as it must be; `locked`: another agent has the work
 * folder; `leftovers`: containers of an earlier life are in the way.
 */
export type AgentErrorCode = "usage" | "environment" | "locked" | "leftovers";

/** Something to tell the operator in one sentence: what, where, what to do. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
