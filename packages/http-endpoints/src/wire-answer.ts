import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { accepts } from "./accept.ts";
import type { AnswerHeaders, HttpAnswer } from "./http-answer.ts";
import { isCallbackName, wrapJsonp } from "./jsonp.ts";

/** An answer that is whole: status, headers, bytes. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Uint8Array;
}

/** Below this the original does not compress. Source: libprocess GZIP_MINIMUM_BODY_LENGTH. */
const gzipMinimumBytes = 1024;

const zip = promisify(gzip);

/** Makes bytes of everything but a stream. */
export async function wireAnswer(
  answer: Exclude<HttpAnswer, { kind: "stream" }>,
  request: { readonly jsonp: string | null; readonly acceptEncoding: string | undefined },
): Promise<WholeAnswer> {
  const plain = plainAnswer(answer, request.jsonp);
  const { acceptEncoding } = request;
  const small = plain.body.byteLength < gzipMinimumBytes || "Content-Encoding" in plain.headers;
  if (small || acceptEncoding === undefined || !accepts(acceptEncoding, "gzip")) return plain;
  const headers = { ...plain.headers, "Content-Encoding": "gzip", Vary: "Accept-Encoding" };
  return { ...plain, headers, body: await zip(plain.body) };
}

function plainAnswer(answer: Exclude<HttpAnswer, { kind: "stream" }>, jsonp: string | null): WholeAnswer {
  switch (answer.kind) {
    case "json":
      return jsonAnswer(answer, JSON.stringify(answer.value, bigintAsNumber) ?? "null", jsonp);
    case "json-text":
      return jsonAnswer(answer, answer.text, jsonp);
    case "text": {
      const { status, text = "" } = answer;
      const type: AnswerHeaders = text === "" ? {} : { "Content-Type": "text/plain; charset=utf-8" };
      return { status, headers: { ...type, ...answer.headers }, body: Buffer.from(text) };
    }
    case "bytes": {
      const { status = 200, contentType, body } = answer;
      return { status, headers: { "Content-Type": contentType, ...answer.headers }, body };
    }
  }
}

function jsonAnswer(
  answer: { readonly status?: number | undefined; readonly headers?: AnswerHeaders | undefined },
  text: string,
  jsonp: string | null,
): WholeAnswer {
  if (jsonp !== null && !isCallbackName(jsonp)) {
    return plainAnswer({ kind: "text", status: 400, text: "'jsonp' is not the name of a callback" }, null);
  }
  const contentType = jsonp === null ? "application/json" : "text/javascript";
  const body = Buffer.from(jsonp === null ? text : wrapJsonp(jsonp, text));
  return { status: answer.status ?? 200, headers: { "Content-Type": contentType, ...answer.headers }, body };
}

function bigintAsNumber(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
