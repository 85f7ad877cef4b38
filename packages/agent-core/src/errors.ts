export type AgentCoreErrorCode =
  /** Something below `meta` cannot be read or makes no sense. */
  | "unreadable-checkpoint"
  /** The agent's id or its resources could not be stored. */
  | "unstored"
  /** The resources of the flags do not hold what was reserved out of them. */
  | "incompatible-resources"
  /** Tasks of an earlier life may still run, and nobody could prove the contrary. */
  | "leftovers-unproven"
  /** The master gave an id that cannot be the name of a folder. */
  | "invalid-agent-id";

/** The agent cannot go on. What concerns one task ends up in its status instead. */
export class AgentCoreError extends Error {
  override readonly name = "AgentCoreError";
  readonly code: AgentCoreErrorCode;

  constructor(code: AgentCoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
