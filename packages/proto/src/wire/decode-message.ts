import type { ParseResult } from "../json/parse-message.ts";
import type { MessageCodec } from "../message-codec.ts";
import { missingRequired } from "./missing-required.ts";

/**
 * A message from its wire bytes, read as Mesos reads it: unknown fields are skipped, a message without a required field is
 * refused. An enum value that this package does not know is "UNRECOGNIZED".
 */
export function decodeMessage<T>(codec: MessageCodec<T>, bytes: Uint8Array): ParseResult<T> {
  let value: T;
  try {
    value = codec.decode(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, faults: [{ path: "", code: "malformed-wire", message: `no ${codec.$type}: ${why}` }] };
  }
  const [first, ...others] = missingRequired(codec, value);
  return first === undefined ? { ok: true, value } : { ok: false, faults: [first, ...others] };
}
