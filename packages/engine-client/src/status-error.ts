import type { IncomingHttpHeaders } from "node:http";
import { EngineError, type EngineErrorCode } from "./errors.ts";
import type { FailedCall } from "./connection-error.ts";

/** A finished answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The EngineError for a status that the call has no meaning of its own for. The engine's words are kept. */
export function statusError(answer: Answer, failed: FailedCall): EngineError {
  return new EngineError(codeOf(answer), `${failed.call}: ${engineMessage(answer)}`, {
    ...failed,
    statusCode: answer.status,
  });
}

/** The text of `{"message": ...}`, or what else the engine, or a proxy before it, had to say. */
export function engineMessage(answer: Answer): string {
  try {
    const body: unknown = JSON.parse(answer.text);
    if (typeof body === "object" && body !== null && "message" in body && typeof body.message === "string") {
      return body.message;
    }
  } catch {
    // Not JSON: a proxy's page or plain text, shown as it is.
  }
  const text = answer.text.trim();
  return text === ""
    ? `the engine answered ${answer.status} without a word`
    : `${answer.status}: ${text.slice(0, 500)}`;
}

/** Whether the engine refused the request only for the API version in its path, which means that it did nothing. */
export function refusedForItsVersion(answer: Answer): boolean {
  return answer.status === 400 && /client version \S+ is too (new|old)/.test(answer.text);
}

function codeOf(answer: Answer): EngineErrorCode {
  if (refusedForItsVersion(answer)) return "unsupported";
  const { status } = answer;
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404) return "not-found";
  if (status === 409) return "conflict";
  if (status >= 500) return "server";
  if (status >= 400) return "bad-request";
  return "protocol";
}
