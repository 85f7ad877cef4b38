import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { drainRequest } from "./drain-request.ts";
import type { HttpAnswer, StreamSink } from "./http-answer.ts";
import { pump } from "./pump.ts";
import { wireAnswer } from "./wire-answer.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly jsonp: string | null;
  readonly signal: AbortSignal;
  /** How long a peer may read nothing of an answer that is an iterable. */
  readonly stallTimeoutMs: number;
}

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
  const length = status === 204 || status === 304 ? {} : { "Content-Length": body.byteLength };
  // What is left of a long request is not worth reading to its end, so this connection cannot serve another one.
  const unread = !request.complete && !(Number(header(request, "content-length")) <= shortBodyBytes);
  response.writeHead(status, { ...headers, ...length, ...(unread ? { Connection: "close" } : {}) });
  if (!unread) {
    response.end(body);
    return;
  }
  if (body.byteLength > 0) response.write(body);
  else response.flushHeaders();
  // Closing at once would reset the connection, and the peer might never see the answer.
  await drainRequest(request);
  response.end();
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
  await pump(exchange, body, Number(answer.headers?.["Content-Length"] ?? 0));
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
