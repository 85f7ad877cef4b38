import { formatFault } from "../fault.ts";
import type { MessageCodec } from "../message-codec.ts";
import { ProtoError } from "../proto-error.ts";
import { missingRequired } from "./missing-required.ts";

/** The wire bytes of a message. Throws {@link ProtoError} "invalid-message" when a required field is unset. */
export function encodeMessage<T>(codec: MessageCodec<T>, message: T): Uint8Array {
  const faults = missingRequired(codec, message);
  if (faults.length > 0) {
    const list = faults.map(formatFault).join("; ");
    throw new ProtoError("invalid-message", `${codec.$type} cannot be encoded: ${list}`, { faults });
  }
  return codec.encode(message).finish();
}
