export type ResourcesErrorCode =
  /** Text or JSON that is no list of resources. */
  | "malformed-resources"
  /** Text that is no list of attributes. */
  | "malformed-attributes";

/** What was wrong in a text, and where. The message holds both in words. */
export class ResourcesError extends Error {
  override readonly name = "ResourcesError";
  readonly code: ResourcesErrorCode;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;

  constructor(code: ResourcesErrorCode, what: string, place: { readonly line: number; readonly column: number }) {
    super(`line ${place.line}, column ${place.column}: ${what}`);
    this.code = code;
    this.line = place.line;
    this.column = place.column;
  }
}
