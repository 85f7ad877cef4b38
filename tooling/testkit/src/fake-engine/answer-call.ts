import type { IncomingMessage } from "node:http";
import { containerRoutes } from "./container-routes.ts";
import type { PullableImage } from "./fake-images.ts";
import type { FakeModel } from "./fake-model.ts";
import type { FaultTable } from "./faults.ts";
import { imageRoutes } from "./image-routes.ts";
import { createReply, type Reply, type ReplySink, resetSocket, sendError } from "./reply.ts";
import { type CallRecord, type EngineCall, splitUrl } from "./requests.ts";
import type { FakeVersions, Route } from "./route.ts";
import { streamRoutes } from "./stream-routes.ts";
import { systemRoutes } from "./system-routes.ts";

export interface AnswerDeps {
  readonly model: FakeModel;
  readonly record: CallRecord;
  readonly faults: FaultTable;
  readonly versions: FakeVersions;
  readonly registry: Readonly<Record<string, PullableImage>>;
  readonly split: (chunk: Buffer) => readonly Buffer[];
}

const routes: readonly Route[] = [...systemRoutes, ...containerRoutes, ...streamRoutes, ...imageRoutes];

/** Records a request, lets a fault strike, answers. Never rejects: a fault of the fake is a 500 that says so. */
export async function answerCall(
  deps: AnswerDeps,
  request: IncomingMessage,
  sink: ReplySink,
  upgrade: boolean,
): Promise<void> {
  let reply: Reply | undefined;
  try {
    const call = await readCall(request, upgrade);
    const fault = deps.faults.strike(call);
    deps.record.add(call);
    if (fault?.action.kind === "hang-before-headers") return;
    if (fault?.action.kind === "reset") return resetSocket(sink.socket);
    if (fault?.action.kind === "delay") await fault.released;
    reply = createReply(sink, { action: fault?.action, split: deps.split });
    if (fault?.action.kind === "answer") return sendError(reply, fault.action.status, fault.action.message);
    await route(deps, call, reply, upgrade);
  } catch (error) {
    reply ??= createReply(sink, { action: undefined, split: deps.split });
    sendError(reply, 500, `the fake engine failed: ${String(error)}`);
  }
}

async function route(deps: AnswerDeps, call: EngineCall, reply: Reply, upgrade: boolean): Promise<void> {
  const refusal = versionRefusal(call.apiVersion, deps.versions);
  if (refusal !== undefined) return sendError(reply, 400, refusal);
  for (const { method, path, handle } of routes) {
    const match = method === call.method ? path.exec(call.path) : null;
    if (match === null) continue;
    const params = match.slice(1).map((part) => decodeURIComponent(part));
    const { model, versions, registry } = deps;
    return handle({ model, call, reply, params, versions, registry, upgrade });
  }
  return sendError(reply, 404, "page not found");
}

/** In the words of the engine's version check. */
function versionRefusal(asked: string | undefined, { apiVersion, minApiVersion }: FakeVersions): string | undefined {
  if (asked === undefined) return undefined;
  if (minor(asked) > minor(apiVersion)) {
    return `client version ${asked} is too new. Maximum supported API version is ${apiVersion}`;
  }
  if (minor(asked) < minor(minApiVersion)) {
    return `client version ${asked} is too old. Minimum supported API version is ${minApiVersion}, please upgrade your client to a newer version`;
  }
  return undefined;
}

function minor(version: string): number {
  return Number(version.split(".")[1]);
}

/** The body of an upgrade request is the raw stream, and not read here. */
async function readCall(request: IncomingMessage, upgrade: boolean): Promise<EngineCall> {
  const chunks: Buffer[] = [];
  if (!upgrade) for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? "",
    ...splitUrl(request.url ?? "/"),
    headers: request.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}
