export type FaultCode =
  /** The text is no JSON. */
  | "malformed-json"
  /** The bytes are no message of this type. */
  | "malformed-wire"
  /** JSON or messages nest deeper than 100 levels. */
  | "too-deep"
  | "unknown-field"
  | "missing-field"
  /** A field is given twice: under one name, or once in snake_case and once in camelCase. */
  | "duplicate-field"
  /** Two fields of one oneof are given. */
  | "oneof-conflict"
  | "wrong-type"
  /** A number outside the range of its field, or one that JavaScript already rounded. */
  | "out-of-range"
  | "unknown-enum-value"
  | "invalid-base64"
  /** A string with half a surrogate pair, which UTF-8 cannot carry. */
  | "invalid-string";

/** One thing wrong with a message that came from outside. */
export interface Fault {
  /** Where, in the spelling of the input: `container.docker.port_mappings[0].host_port`; "" is the whole message. */
  readonly path: string;
  readonly code: FaultCode;
  /** Without the path: `unknown field, did you mean image?` */
  readonly message: string;
  /** The name that was probably meant, for an unknown field or enum value. */
  readonly suggestion?: string;
  /** From 1; given when the input was text. */
  readonly line?: number;
  /** From 1, in UTF-16 units; given when the input was text. */
  readonly column?: number;
}

/** `line 3, column 7: container.docker.imag: unknown field, did you mean image?` */
export function formatFault(fault: Fault): string {
  const place = fault.line === undefined ? [] : [`line ${fault.line}, column ${fault.column ?? 1}`];
  return [...place, ...(fault.path === "" ? [] : [fault.path]), fault.message].join(": ");
}
