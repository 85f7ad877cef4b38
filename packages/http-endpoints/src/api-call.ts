import { decodeMessage, formatFault, type MessageCodec, parseMessage } from "@berth/proto";
import { type HttpAnswer, textAnswer } from "./http-answer.ts";
import type { HttpCall } from "./http-call.ts";
import { acceptedType, apiTypeOf, type MessageType, mediaTypes } from "./media-type.ts";

export interface ReadApiCallOptions {
  /**
   * When given, the call is refused with 406 before its body is read unless the caller takes one of these, and `answerType` is the
   * first that it takes. Left out where only some calls have an answer (SUBSCRIBE of the executor API).
   */
  readonly answerTypes?: readonly MessageType[] | undefined;
  readonly limitBytes?: number | undefined;
}

export type ApiCall<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly requestType: MessageType;
      /** JSON when no `answerTypes` were asked for. */
      readonly answerType: MessageType;
    }
  | { readonly ok: false; readonly answer: HttpAnswer };

/**
 * Reads a call of a v1 API in the order in which Mesos refuses one: 400 without a Content-Type, 415 for another one, 406, then 400 for
 * a body that is no call. JSON is read as Mesos reads it: unknown fields and enum values are skipped. Streamed requests
 * (`application/recordio`) are not for this reader and get 415, as does a `Message-Content-Type`.
 */
export async function readApiCall<T extends object>(
  call: HttpCall,
  codec: MessageCodec<T>,
  options: ReadApiCallOptions = {},
): Promise<ApiCall<T>> {
  const contentType = call.headers["content-type"];
  if (contentType === undefined) return refused(400, "Expecting 'Content-Type' to be present");
  const requestType = apiTypeOf(contentType);
  if (requestType === undefined || requestType === "recordio") {
    return refused(415, `Expecting 'Content-Type' of ${mediaTypes.json} or ${mediaTypes.protobuf}`);
  }
  if (call.headers["message-content-type"] !== undefined) {
    return refused(415, `'Message-Content-Type' is only for streaming requests of Content-Type ${mediaTypes.recordio}`);
  }
  const answerType = options.answerTypes === undefined ? "json" : acceptedType(call.headers, options.answerTypes);
  if (answerType === undefined) {
    const names = (options.answerTypes ?? []).map((type) => mediaTypes[type]);
    return refused(406, `Expecting 'Accept' to allow ${names.join(" or ")}`);
  }
  const body = await call.readBody(options.limitBytes);
  const read = requestType === "json" ? readJson(codec, body) : readProtobuf(codec, body);
  return read.ok ? { ok: true, value: read.value, requestType, answerType } : refused(400, read.why);
}

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

function readJson<T extends object>(codec: MessageCodec<T>, body: Uint8Array): Read<T> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return { ok: false, why: "Failed to parse body into JSON: it is not UTF-8" };
  }
  const result = parseMessage(codec, text, { unknown: "ignore" });
  if (result.ok) return result;
  const [fault] = result.faults;
  const step =
    fault.code === "malformed-json" ? "parse body into JSON" : `convert JSON into ${callName(codec)} protobuf`;
  return { ok: false, why: `Failed to ${step}: ${result.faults.slice(0, MAX_FAULTS).map(formatFault).join("; ")}` };
}

function readProtobuf<T extends object>(codec: MessageCodec<T>, body: Uint8Array): Read<T> {
  const result = decodeMessage(codec, body);
  if (result.ok) return result;
  const faults = result.faults.slice(0, MAX_FAULTS).map(formatFault).join("; ");
  return { ok: false, why: `Failed to parse body into ${callName(codec)} protobuf: ${faults}` };
}

/** A body can be wrong in a million places; the answer need not list them. */
const MAX_FAULTS = 10;

function callName(codec: { readonly $type: string }): string {
  return codec.$type.slice(codec.$type.lastIndexOf(".") + 1);
}

function refused(status: number, text: string): { readonly ok: false; readonly answer: HttpAnswer } {
  return { ok: false, answer: textAnswer(status, text) };
}
