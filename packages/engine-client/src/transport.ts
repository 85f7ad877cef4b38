import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { inspect } from "node:util";
import Modem from "docker-modem";
import { createAgents, probeWhenSilent } from "./agents.ts";
import type { EngineEndpoint } from "./endpoint.ts";

export type Query = Readonly<Record<string, string | number>>;

/** One request as it goes on the wire; `path` has the version prefix and no query. */
export interface WireRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends requests and knows nothing of budgets or meanings. Failures are Node's own errors. */
export interface Transport {
  /** Resolves with the headers, whatever the status. `stream` takes a socket of its own. */
  send(request: WireRequest, kind: "short" | "stream"): Promise<http.IncomingMessage>;
  /** Resolves with the raw connection, or with the answer when the engine does not switch protocols. */
  upgrade(request: WireRequest): Promise<{ socket: Socket } | { answer: http.IncomingMessage }>;
  cameFromKeptSocket(error: unknown): boolean;
  dropKeptSockets(): void;
}

export function createTransport(endpoint: EngineEndpoint): Transport {
  const agents = createAgents(endpoint);
  const modems = { short: createModem(endpoint, agents.short), stream: createModem(endpoint, agents.stream) };
  return {
    cameFromKeptSocket: (error) => agents.cameFromKeptSocket(error),
    dropKeptSockets: () => agents.dropKeptSockets(),
    send: (request, kind) => dial(modems[kind], request, kind),
    upgrade: (request) => hijack(endpoint, agents.stream, request),
  };
}

/**
 * A modem without its constructor, which reads DOCKER_HOST and the files of DOCKER_CERT_PATH even when it is told where
 * the engine is, and throws when those are bad. TLS is the agent's matter, so that the key is in no debug log.
 */
function createModem(endpoint: EngineEndpoint, agent: http.Agent): Modem {
  const modem = Object.create(Modem.prototype) as Modem;
  const where =
    endpoint.kind === "unix"
      ? { protocol: "http", socketPath: endpoint.socketPath }
      : { protocol: endpoint.tls ? "https" : "http", host: endpoint.host, port: endpoint.port, pathPrefix: "/" };
  return Object.assign(modem, where, { agent });
}

/** Any status is an answer: what it means is for the caller to say. */
const everyStatus: Modem.StatusCodes = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [i + 100, true]));

function dial(modem: Modem, request: WireRequest, kind: "short" | "stream"): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        method: request.method,
        // The modem cuts the last character off when there is a "?" and no query, and adds the query when there is one.
        path: request.query === undefined ? request.path : `${request.path}?`,
        options: { _query: request.query ?? {}, _body: request.body ?? {} },
        headers: outOfDebugLog(request.headers),
        isStream: true,
        statusCodes: everyStatus,
        abortSignal: request.signal,
      },
      (error, answer) => {
        if (error !== null) return reject(error);
        const response = answer as http.IncomingMessage;
        if (kind === "stream") probeWhenSilent(response.socket);
        resolve(response);
      },
    );
  });
}

/** The modem would print X-Registry-Auth under DEBUG=modem. */
function outOfDebugLog(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.defineProperty({ ...headers }, inspect.custom, { value: () => "[headers]" });
}

/**
 * Written here because the modem's own hijack announces a chunked body on a connection that is about to become the
 * container's stdin. Without `openStdin` it sends the body's end mark, five bytes that are kept out of stdin only if they reach
 * the engine in one packet with the headers; with it, Node sends nothing before the first write, and the attach never comes
 * about (tried on 20.10).
 */
function hijack(
  endpoint: EngineEndpoint,
  agent: http.Agent,
  request: WireRequest,
): Promise<{ socket: Socket } | { answer: http.IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const query = new URLSearchParams(Object.entries(request.query ?? {}).map(([k, v]) => [k, String(v)]));
    const secure = endpoint.kind === "tcp" && endpoint.tls !== undefined;
    const outgoing = (secure ? https : http).request({
      ...(endpoint.kind === "unix"
        ? { socketPath: endpoint.socketPath }
        : { host: endpoint.host, port: endpoint.port }),
      agent,
      method: request.method,
      path: `${request.path}?${query.toString()}`,
      headers: { ...request.headers, connection: "Upgrade", upgrade: "tcp", "content-length": "0" },
      signal: request.signal,
    });
    outgoing.once("upgrade", (_answer, socket: Socket, head) => {
      // Output that came in one packet with the headers: it belongs in front of everything else.
      if (head.length > 0) socket.unshift(head);
      probeWhenSilent(socket);
      resolve({ socket });
    });
    outgoing.once("response", (answer) => resolve({ answer }));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
