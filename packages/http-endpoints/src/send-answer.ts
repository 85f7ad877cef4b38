import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { AnswerBudget } from "./answer-budget.ts";
import { drainRequest } from "./drain-request.ts";
import { type HttpAnswer, type StreamSink, textAnswer } from "./http-answer.ts";
import { pump } from "./pump.ts";
import { wireAnswer } from "./wire-answer.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly jsonp: string | null;
  readonly signal: AbortSignal;
  /** How long a peer may read nothing of a long answer, or of one that is an iterable. */
  readonly stallTimeoutMs: number;
  /** What long answers may hold together until their peers have read them. */
  readonly answers: AnswerBudget;
}

/** Longer ones count, and are written as the peer reads them: the kernel takes about that much at once. */
const longAnswerBytes = 256 * 1024;

/** Node reads past the unread rest of these by itself. */
const shortBodyBytes = 64 * 1024;

/** Writes an answer. Resolves when it is handed over, or the peer went away; a streamed one goes on afterwards. */
export async function sendAnswer(exchange: Exchange, answer: HttpAnswer): Promise<void> {
  const { request, response } = exchange;
  if (answer.kind === "stream") return await sendStream(exchange, answer);
  const { status, headers, body } = await wireAnswer(answer, {
    jsonp: exchange.jsonp,
    acceptEncoding: header(request, "accept-encoding"),
  });
  if (response.destroyed) return;
  if (body.byteLength > longAnswerBytes && request.method !== "HEAD") {
    const release = exchange.answers.hold(body.byteLength, () => response.destroy());
    if (release === undefined) return await sendAnswer(exchange, tooManyAnswers);
    response.once("close", release);
  }
  const length = status === 204 || status === 304 ? {} : { "Content-Length": body.byteLength };
  // What is left of a long request is not worth reading to its end, so this connection cannot serve another one.
  const unread = !request.complete && !(Number(header(request, "content-length")) <= shortBodyBytes);
  response.writeHead(status, { ...headers, ...length, ...(unread ? { Connection: "close" } : {}) });
  if (!unread) {
    if (body.byteLength > longAnswerBytes) await pump(exchange, slices(body), body.byteLength);
    else response.end(body);
    return;
  }
  if (body.byteLength > 0) response.write(body);
  else response.flushHeaders();
  // Closing at once would reset the connection, and the peer might never see the answer.
  await drainRequest(request);
  response.end();
}

const tooManyAnswers = textAnswer(503, "Too many long answers wait for their readers, try again later", {
  "Retry-After": "1",
});

async function* slices(body: Uint8Array): AsyncIterable<Uint8Array> {
  for (let start = 0; start < body.byteLength; start += longAnswerBytes) {
    yield body.subarray(start, start + longAnswerBytes);
  }
}

async function sendStream(exchange: Exchange, answer: Extract<HttpAnswer, { kind: "stream" }>): Promise<void> {
  const { request, response } = exchange;
  const { body } = answer;
  if (response.destroyed) return discard(body);
  response.writeHead(answer.status ?? 200, { "Content-Type": answer.contentType, ...answer.headers });
  if (request.method === "HEAD") {
    response.end();
    return discard(body);
  }
  response.flushHeaders();
  if (typeof body === "function") return body(createSink(exchange));
  const promised = answer.headers?.["Content-Length"];
  await pump(exchange, body, promised === undefined ? undefined : Number(promised));
}

/** A body that nobody will read still holds what it reads from. */
function discard(body: Extract<HttpAnswer, { kind: "stream" }>["body"]): void {
  if (body instanceof Readable) body.destroy();
}

function createSink({ request, response, signal }: Exchange): StreamSink {
  // A peer that half-closes is gone to the original as well. Waiting for a write to fail would find it much later.
  const onHalfClosed = () => response.destroy();
  request.socket.once("end", onHalfClosed);
  response.once("close", () => request.socket.off("end", onHalfClosed));
  const open = () => !response.writableEnded && !response.destroyed;
  return {
    write(chunk) {
      if (!open()) return false;
      const room = response.write(chunk);
      // Node makes one HTTP chunk of all writes of a tick. Mesos makes one of each record, and clients of the field count on it.
      if (response.writableCorked > 0) response.uncork();
      return room;
    },
    end() {
      if (open()) response.end();
    },
    destroy: () => void response.destroy(),
    get queuedBytes() {
      return response.writableLength;
    },
    signal,
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
