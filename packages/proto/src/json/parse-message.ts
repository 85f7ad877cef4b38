import { messageShape } from "../descriptors/message-shape.ts";
import type { Fault } from "../fault.ts";
import type { MessageCodec } from "../message-codec.ts";
import { MAX_JSON_DEPTH } from "./json-node.ts";
import type { UnknownPolicy } from "./message-reader.ts";
import { MessageReader } from "./message-reader.ts";
import { readJsonText } from "./read-json-text.ts";
import { readJsonValue } from "./read-json-value.ts";

/** Either a complete message, or at least one fault. */
export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly [Fault, ...Fault[]] };

export interface ParseMessageOptions {
  /**
   * What to do with unknown fields and enum values. "refuse" (default) is for people's files: also a field given twice
   * or two fields of a oneof are faults. "ignore" is how Mesos reads requests: the last one counts, an unknown enum
   * value leaves an optional field unset.
   */
  readonly unknown?: UnknownPolicy;
  /**
   * Required fields of the message itself, not of nested ones, that are no fault when they are missing, because the caller
   * fills them in: `["agent_id"]`. In snake_case.
   */
  readonly mayLack?: readonly string[];
}

/**
 * Reads a message from JSON: a string is JSON text, whose faults then have line and column; anything else is a value as
 * JSON.parse returns it. Names may be snake_case or camelCase, numbers may be decimal strings, null is unset, 64-bit
 * integers in text are exact. Throws only for a codec that is not of this package.
 */
export function parseMessage<T>(
  codec: MessageCodec<T>,
  input: unknown,
  options: ParseMessageOptions = {},
): ParseResult<T> {
  const reader = new MessageReader(options.unknown ?? "refuse", new Set(options.mayLack));
  const shape = messageShape(codec.$type);
  if (typeof input === "string") {
    const json = readJsonText(input);
    if (!json.ok) return { ok: false, faults: [json.fault] };
    return finish<T>(reader.read(shape, json.node, ""), reader.faults);
  }
  const node = readJsonValue(input);
  if (node === undefined) {
    return {
      ok: false,
      faults: [{ path: "", code: "too-deep", message: `nested deeper than ${MAX_JSON_DEPTH} levels` }],
    };
  }
  return finish<T>(reader.read(shape, node, ""), reader.faults);
}

function finish<T>(value: unknown, faults: readonly Fault[]): ParseResult<T> {
  const [first, ...others] = faults;
  return first === undefined ? { ok: true, value: value as T } : { ok: false, faults: [first, ...others] };
}
