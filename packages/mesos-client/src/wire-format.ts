import { decodeMessage, encodeMessage, formatFault, type MessageCodec, parseMessage, toMesosJson } from "@berth/proto";
import { MesosClientError } from "./errors.ts";

/** How messages are written; both sides of a stream use the same. */
export type ContentType = "protobuf" | "json";

export const mediaTypes: Readonly<Record<ContentType, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** Throws ProtoError when a required field is unset: a fault of the caller. */
export function encodeCall<T>(codec: MessageCodec<T>, call: T, contentType: ContentType): Uint8Array {
  if (contentType === "protobuf") return encodeMessage(codec, call);
  return Buffer.from(toMesosJson(codec, call, { defaults: "omit" }));
}

/** Throws MesosClientError `malformed`. */
export function decodeAnswer<T extends object>(
  codec: MessageCodec<T>,
  bytes: Uint8Array,
  contentType: ContentType,
  url: string,
): T {
  const read =
    contentType === "protobuf"
      ? decodeMessage(codec, bytes)
      : parseMessage(codec, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"), {
          unknown: "ignore",
        });
  if (read.ok) return read.value;
  const message = `${url} sent what is no ${codec.$type}: ${formatFault(read.faults[0])}`;
  throw new MesosClientError("malformed", message, { url });
}

/** What an answer's Content-Type says it is; undefined when it is neither. */
export function contentTypeOf(header: string | readonly string[] | undefined): ContentType | undefined {
  const media = (typeof header === "string" ? header : (header?.[0] ?? "")).split(";")[0]?.trim().toLowerCase();
  if (media === mediaTypes.protobuf) return "protobuf";
  return media === mediaTypes.json ? "json" : undefined;
}
