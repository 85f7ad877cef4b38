import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "@berth/log";
import { createAnswerBudget } from "./answer-budget.ts";
import type { Authenticator } from "./authenticator.ts";
import { createBodyBudget } from "./body-budget.ts";
import { HttpEndpointsError } from "./errors.ts";
import { type HttpAnswer, textAnswer } from "./http-answer.ts";
import type { HttpCall } from "./http-call.ts";
import { readBody } from "./read-body.ts";
import { parseRequestTarget, type RequestTarget, withoutProcessId } from "./request-target.ts";
import { createRouteTable, type RouteMatch } from "./route-table.ts";
import type { Route } from "./route.ts";
import { sendAnswer } from "./send-answer.ts";

export interface HttpEndpointsOptions {
  readonly routes: readonly Route[];
  /** Process ids whose prefix is stripped: `["slave(1)"]`, `["master"]`. */
  readonly processIds: readonly string[];
  /** By realm. A realm that has none is open. */
  readonly authenticate?: Readonly<Record<string, Authenticator>> | undefined;
  /** What `readBody` takes unless told otherwise; 64 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Of all requests that are being read or handled, together; 256 MiB. */
  readonly maxTotalBodyBytes?: number | undefined;
  /** Of long answers that their peers have not read yet, together; 256 MiB. More are answered with 503, */
  readonly maxUnreadAnswerBytes?: number | undefined;
  /** unless somebody has been reading for longer than this, who then loses the connection; 10 seconds. */
  readonly slowAnswerMs?: number | undefined;
  /** For a whole body; a minute. */
  readonly bodyTimeoutMs?: number | undefined;
  /** For a peer that reads nothing of a streamed file or a long answer; a minute. Event streams have a bound of their own. */
  readonly stallTimeoutMs?: number | undefined;
  /** When the server closes: calls that wait and streams are ended. */
  readonly signal?: AbortSignal | undefined;
}

const MiB = 1024 * 1024;

/** Serves routes; fits `Libprocess.serveHttp` and `http.createServer`. Throws HttpEndpointsError `invalid-options` for routes that cannot be. */
export function createHttpEndpoints(
  deps: { readonly log: Log },
  options: HttpEndpointsOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { log } = deps;
  const table = createRouteTable(options.routes);
  const budget = createBodyBudget(options.maxTotalBodyBytes ?? 256 * MiB);
  const answers = createAnswerBudget(options.maxUnreadAnswerBytes ?? 256 * MiB, options.slowAnswerMs ?? 10_000);

  const answerTo = async (
    request: IncomingMessage,
    target: RequestTarget,
    call: Omit<HttpCall, "rest" | "principal">,
  ) => {
    const match = table.find(call.path);
    if (match === undefined) return textAnswer(404, `There is nothing at ${target.path}`);
    const { route } = match;
    const authenticator = route.realm === undefined ? undefined : options.authenticate?.[route.realm];
    const caller = await authenticator?.authenticate(request.headers);
    if (caller?.ok === false) return textAnswer(401, undefined, { "WWW-Authenticate": caller.challenge });
    return (
      route.refuse?.() ??
      wrongMethod(match, call.method) ??
      (await handle(match, { ...call, principal: caller?.principal }))
    );
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const aborter = new AbortController();
    response.once("close", () => aborter.abort());
    response.on("error", () => {}); // a write to a peer that has gone; `close` follows
    const signal = options.signal === undefined ? aborter.signal : AbortSignal.any([aborter.signal, options.signal]);
    const stallTimeoutMs = options.stallTimeoutMs ?? 60_000;
    const target = parseRequestTarget(request.url ?? "");
    if (!target.ok) {
      const answer = target.why === "malformed" ? textAnswer(400, "The path cannot be read") : textAnswer(404);
      return await sendAnswer({ request, response, jsonp: null, signal, stallTimeoutMs, answers }, answer);
    }
    let held = 0;
    let body: Promise<Uint8Array> | undefined;
    const call = {
      method: request.method ?? "GET",
      path: withoutProcessId(target.value.path, options.processIds),
      query: target.value.query,
      headers: request.headers,
      readBody: (limitBytes = options.maxBodyBytes ?? 64 * MiB) =>
        (body ??= readBody(request, {
          limitBytes,
          timeoutMs: options.bodyTimeoutMs ?? 60_000,
          take(bytes) {
            if (!budget.take(bytes)) return false;
            held += bytes;
            return true;
          },
        })),
      signal,
      remoteAddress: request.socket.remoteAddress,
    };
    const exchange = { request, response, jsonp: target.value.query.get("jsonp"), signal, stallTimeoutMs, answers };
    try {
      await sendAnswer(exchange, await answerTo(request, target.value, call));
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        // What a peer that went away left undone is no news.
        if (!response.destroyed || !signal.aborted) log.warn("an answer broke off", { path: call.path, error });
        response.destroy();
        return;
      }
      await sendAnswer({ ...exchange, jsonp: null }, failureAnswer(error, call, log));
    } finally {
      budget.give(held);
    }
  };

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      log.error("an answer could not be sent", { error });
      response.destroy();
    });
  };
}

function wrongMethod({ route }: RouteMatch, method: string): HttpAnswer | undefined {
  const allowed: readonly string[] = route.methods.includes("GET") ? [...route.methods, "HEAD"] : route.methods;
  if (allowed.includes(method)) return undefined;
  const text = `Expecting ${route.methods.map((each) => `'${each}'`).join(" or ")}, received '${method}'`;
  return textAnswer(405, text, { Allow: allowed.join(", ") });
}

async function handle({ route, rest }: RouteMatch, call: Omit<HttpCall, "rest">): Promise<HttpAnswer> {
  return await route.handle({ ...call, rest });
}

function failureAnswer(error: unknown, call: { method: string; path: string }, log: Log): HttpAnswer {
  if (error instanceof HttpEndpointsError) {
    const retry: Readonly<Record<string, string>> = error.code === "too-many-bodies" ? { "Retry-After": "1" } : {};
    return textAnswer(error.statusCode, error.message, retry);
  }
  log.error("a request could not be served", { method: call.method, path: call.path, error });
  return textAnswer(500, "The request could not be served; the log says why");
}
