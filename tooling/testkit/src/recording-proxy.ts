import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import { engineRequest } from "./engine-request.ts";
import { type CallPattern, CallRecord, type EngineCall, splitUrl } from "./fake-engine/requests.ts";

export interface RecordingProxyOptions {
  /** The API version that clients are to believe in; the engine still gets requests in its own. */
  readonly pretendApiVersion?: string;
  /** The oldest version that `/version` shows. */
  readonly pretendMinApiVersion?: string;
  /** Answer every create with 201 and `swallowedContainerId`, and make nothing. */
  readonly swallowCreates?: boolean;
  /** Return an answer to give it in the engine's place, undefined to pass the request on. The body is sent as JSON. */
  readonly answer?: (call: EngineCall) => { readonly status: number; readonly body: unknown } | undefined;
}

export interface RecordingProxy extends AsyncDisposable {
  readonly socketPath: string;
  /** As DOCKER_HOST would have it. */
  readonly host: string;
  /** Every request so far, in order. */
  readonly calls: readonly EngineCall[];
  /** The nth matching call, past or to come. */
  seen(pattern: CallPattern, nth?: number): Promise<EngineCall>;
  stop(): Promise<void>;
}

/** The id in the answer to a swallowed create. */
export const swallowedContainerId = "5".repeat(64);

/** A unix socket in front of a real engine: records what is asked and passes it on, upgrades included. */
export async function startRecordingProxy(
  targetSocketPath: string,
  options: RecordingProxyOptions = {},
): Promise<RecordingProxy> {
  const { pretendApiVersion: pretended } = options;
  const ping = await engineRequest(targetSocketPath, "GET", "/_ping");
  const realApiVersion = String(ping.headers["api-version"]);
  const record = new CallRecord();
  // A pretended version reaches the engine as its own, which it would refuse otherwise.
  const onwardUrl = (url: string) =>
    pretended === undefined ? url : url.replace(/^\/v\d+\.\d+(?=\/)/, `/v${realApiVersion}`);
  const onward = (request: http.IncomingMessage) =>
    http.request({
      socketPath: targetSocketPath,
      method: request.method,
      path: onwardUrl(request.url ?? "/"),
      headers: request.headers,
      agent: false,
    });

  const pass = (call: EngineCall, body: Buffer, request: http.IncomingMessage, response: http.ServerResponse) => {
    const outgoing = onward(request);
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    outgoing.on("response", (answer) => {
      if (pretended !== undefined && call.path === "/version") {
        const oldest = options.pretendMinApiVersion;
        const versions = { ApiVersion: pretended, ...(oldest !== undefined && { MinAPIVersion: oldest }) };
        pretendVersions(answer, response, versions).catch(() => response.destroy());
        return;
      }
      const headers = { ...answer.headers };
      if (pretended !== undefined && headers["api-version"] !== undefined) headers["api-version"] = pretended;
      response.writeHead(answer.statusCode ?? 502, headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    outgoing.end(body);
  };

  const server = http.createServer((request, response) => {
    const answer = async () => {
      const body = await readBody(request);
      const call = { ...callOf(request), body: jsonOf(body) };
      record.add(call);
      const own = ownAnswer(call, options);
      if (own === undefined) return pass(call, body, request, response);
      response.writeHead(own.status, { "content-type": "application/json" });
      response.end(JSON.stringify(own.body));
    };
    // Only a client that went away in the middle of its request gets here.
    answer().catch(() => response.destroy());
  });
  server.on("upgrade", (request, socket: Duplex, head: Buffer) => {
    record.add({ ...callOf(request), body: undefined });
    const outgoing = onward(request);
    // A client may go away before the engine has switched, and nobody else listens to the socket of an upgrade.
    socket.on("error", () => outgoing.destroy());
    outgoing.on("error", () => socket.destroy());
    outgoing.on("response", (answer) => {
      socket.write(rawHead(answer));
      answer.pipe(socket);
    });
    outgoing.on("upgrade", (answer, engine, engineHead) => {
      socket.write(Buffer.concat([Buffer.from(rawHead(answer)), engineHead]));
      engine.write(head);
      socket.pipe(engine).pipe(socket);
      socket.on("error", () => engine.destroy());
      engine.on("error", () => socket.destroy());
    });
    outgoing.end();
  });

  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const directory = await mkdtemp(path.join(tmpdir(), "berth-proxy-"));
  const socketPath = path.join(directory, "docker.sock");
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
    await rm(directory, { recursive: true, force: true });
  };
  return {
    socketPath,
    host: `unix://${socketPath}`,
    calls: record.calls,
    seen: (pattern, nth) => record.seen(pattern, nth),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function ownAnswer(call: EngineCall, options: RecordingProxyOptions): { status: number; body: unknown } | undefined {
  const scripted = options.answer?.(call);
  if (scripted !== undefined) return scripted;
  if (options.swallowCreates !== true || call.method !== "POST" || call.path !== "/containers/create") return undefined;
  return { status: 201, body: { Id: swallowedContainerId, Warnings: [] } };
}

/** `GET /version` with other versions in it, also where `docker version` looks for them. */
async function pretendVersions(
  answer: http.IncomingMessage,
  response: http.ServerResponse,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  const real = JSON.parse((await readBody(answer)).toString()) as { Components?: { Name: string; Details: object }[] };
  const components = real.Components?.map((component) =>
    component.Name === "Engine" ? { ...component, Details: { ...component.Details, ...versions } } : component,
  );
  response.writeHead(answer.statusCode ?? 502, {
    "content-type": "application/json",
    "api-version": versions["ApiVersion"],
  });
  response.end(JSON.stringify({ ...real, ...versions, Components: components }));
}

function callOf(request: http.IncomingMessage): Omit<EngineCall, "body"> {
  return { method: request.method ?? "", ...splitUrl(request.url ?? "/"), headers: request.headers };
}

function rawHead(answer: http.IncomingMessage): string {
  const lines: string[] = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

async function readBody(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Undefined for what is not JSON: the tar of a build or an import is not recorded. */
function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
