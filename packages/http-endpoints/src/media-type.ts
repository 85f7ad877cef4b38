import type { IncomingHttpHeaders } from "node:http";
import { accepts } from "./accept.ts";

/** The encodings of the v1 APIs. */
export type ApiType = "json" | "protobuf" | "recordio";

/** What messages themselves are written in. */
export type MessageType = Exclude<ApiType, "recordio">;

export const mediaTypes: Readonly<Record<ApiType, string>> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
  recordio: "application/recordio",
};

/** Which of the encodings a Content-Type names. Parameters (`; charset=utf-8`) are not looked at, unlike in the original. */
export function apiTypeOf(contentType: string): ApiType | undefined {
  const [name = ""] = contentType.split(";", 1);
  const bare = name.trim().toLowerCase();
  return (Object.keys(mediaTypes) as ApiType[]).find((type) => mediaTypes[type] === bare);
}

/** The first of `order` that the caller takes; without an `Accept` header it takes all. Undefined is 406. */
export function acceptedType<T extends ApiType>(headers: IncomingHttpHeaders, order: readonly T[]): T | undefined {
  const { accept } = headers;
  if (accept === undefined || accept.trim() === "") return order[0];
  return order.find((type) => accepts(accept, mediaTypes[type]));
}
