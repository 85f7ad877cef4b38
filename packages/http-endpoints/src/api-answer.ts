import { encodeMessage, type MessageCodec, toMesosJson } from "@berth/proto";
import type { HttpAnswer } from "./http-answer.ts";
import { type MessageType, mediaTypes } from "./media-type.ts";

/** A message as the answer of a v1 API. Throws ProtoError `invalid-message` when it lacks a required field. */
export function apiAnswer<T>(codec: MessageCodec<T>, message: T, type: MessageType): HttpAnswer {
  return { kind: "bytes", contentType: mediaTypes[type], body: messageBytes(codec, message, type) };
}

export function messageBytes<T>(codec: MessageCodec<T>, message: T, type: MessageType): Uint8Array {
  return type === "json" ? Buffer.from(toMesosJson(codec, message)) : encodeMessage(codec, message);
}
