/** A place in the text, both counted from 1; column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * A JSON value before it gets a meaning. Unlike the result of JSON.parse it keeps the digits of numbers, repeated keys
 * and, when it came from text, positions.
 */
export type JsonNode = { readonly at?: Position } & (
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly text: string }
  /**
   * `text` is a JSON number, or NaN, Infinity or -Infinity when a JavaScript value was given; `rounded` marks a
   * JavaScript integer past 2^53, whose last digits are not to be trusted.
   */
  | { readonly kind: "number"; readonly text: string; readonly rounded?: true }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "null" }
  /** A JavaScript value that JSON has no form for; `what` names it. */
  | { readonly kind: "foreign"; readonly what: string }
);

export interface JsonMember {
  readonly key: string;
  /** Of the key. */
  readonly at?: Position;
  readonly value: JsonNode;
}

/** Objects and arrays may nest this deep, far more than any message of Mesos needs and far less than a stack holds. */
export const MAX_JSON_DEPTH = 100;

/** How an error message calls a value: "a string", "null". */
export function describeNode(node: JsonNode): string {
  switch (node.kind) {
    case "object":
      return "an object";
    case "array":
      return "a list";
    case "string":
      return "a string";
    case "number":
      return `the number ${node.text}`;
    case "boolean":
      return String(node.value);
    case "null":
      return "null";
    case "foreign":
      return node.what;
  }
}
