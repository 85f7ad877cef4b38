import { messageShape } from "../descriptors/message-shape.ts";
import type { ParseResult } from "../json/parse-message.ts";
import type { MessageCodec } from "../message-codec.ts";
import { forgetUnrecognized } from "./forget-unrecognized.ts";
import { missingRequired } from "./missing-required.ts";

/**
 * A message from its wire bytes, read as Mesos reads it: unknown fields are skipped, a number that an enum has no name for
 * leaves its field unset, a message without a required field is refused.
 */
export function decodeMessage<T extends object>(codec: MessageCodec<T>, bytes: Uint8Array): ParseResult<T> {
  const shape = messageShape(codec.$type);
  let value: T;
  try {
    value = codec.decode(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, faults: [{ path: "", code: "malformed-wire", message: `no ${codec.$type}: ${why}` }] };
  }
  forgetUnrecognized(shape, value);
  const [first, ...others] = missingRequired(codec, value);
  return first === undefined ? { ok: true, value } : { ok: false, faults: [first, ...others] };
}
