import type { FakeContainer, FakeCreateBody } from "./fake-container.ts";
import { inspectJson, summaryJson } from "./inspect-json.ts";
import { isTrue } from "./image-routes.ts";
import { sendEmpty, sendError, sendJson } from "./reply.ts";
import type { Route, RouteContext } from "./route.ts";

export const containerRoutes: readonly Route[] = [
  { method: "POST", path: /^\/containers\/create$/, handle: create },
  { method: "GET", path: /^\/containers\/json$/, handle: list },
  { method: "GET", path: /^\/containers\/([^/]+)\/json$/, handle: withContainer(inspect) },
  { method: "POST", path: /^\/containers\/([^/]+)\/start$/, handle: withContainer(start) },
  { method: "POST", path: /^\/containers\/([^/]+)\/stop$/, handle: withContainer(stop) },
  { method: "POST", path: /^\/containers\/([^/]+)\/kill$/, handle: withContainer(kill) },
  { method: "POST", path: /^\/containers\/([^/]+)\/pause$/, handle: withContainer((c, k) => pause(c, k, true)) },
  { method: "POST", path: /^\/containers\/([^/]+)\/unpause$/, handle: withContainer((c, k) => pause(c, k, false)) },
  { method: "POST", path: /^\/containers\/([^/]+)\/update$/, handle: withContainer(update) },
  { method: "DELETE", path: /^\/containers\/([^/]+)$/, handle: withContainer(remove) },
];

export type ContainerHandler = (context: RouteContext, container: FakeContainer) => void | Promise<void>;

export function withContainer(handler: ContainerHandler): Route["handle"] {
  return (context) => {
    const ref = context.params[0] ?? "";
    const container = context.model.find(ref);
    if (container === undefined) return sendError(context.reply, 404, `No such container: ${ref}`);
    return handler(context, container);
  };
}

function create({ model, call, reply }: RouteContext): void {
  const body = call.body as FakeCreateBody | undefined;
  if (typeof body?.Image !== "string" || body.Image === "") return sendError(reply, 400, "no image specified");
  const result = model.create(body, call.query.get("name") ?? undefined);
  if (result.kind === "refused") return sendError(reply, result.status, result.message);
  sendJson(reply, 201, { Id: result.container.id, Warnings: [] });
}

function list({ model, call, reply }: RouteContext): void {
  const filters = JSON.parse(call.query.get("filters") ?? "{}") as Record<string, string[]>;
  const all = isTrue(call.query.get("all"));
  const matching = model.containers.filter(
    (container) =>
      (all || container.running) &&
      (filters["id"] ?? [container.id]).some((id) => container.id.startsWith(id)) &&
      (filters["name"] ?? [container.name]).some((name) => new RegExp(name).test(`/${container.name}`)) &&
      (filters["label"] ?? []).every((label) => {
        const [key = "", ...rest] = label.split("=");
        const value = container.body.Labels?.[key];
        return value !== undefined && (rest.length === 0 || value === rest.join("="));
      }),
  );
  sendJson(reply, 200, matching.map(summaryJson));
}

function inspect({ reply }: RouteContext, container: FakeContainer): void {
  sendJson(reply, 200, inspectJson(container));
}

function start({ reply }: RouteContext, container: FakeContainer): void {
  if (container.running) return sendEmpty(reply, 304);
  const fault = container.start();
  if (fault !== undefined) return sendError(reply, fault.status, fault.message);
  sendEmpty(reply, 204);
}

async function stop({ reply, call }: RouteContext, container: FakeContainer): Promise<void> {
  if (!container.running) return sendEmpty(reply, 304);
  const seconds = Number(call.query.get("t") ?? 10);
  await container.stop(seconds < 0 ? 0x7fff_ffff : seconds * 1000, call.query.get("signal") ?? "SIGTERM");
  sendEmpty(reply, 204);
}

function kill({ reply, call }: RouteContext, container: FakeContainer): void {
  if (!container.running) {
    const message = `Cannot kill container: ${container.name}: Container ${container.id} is not running`;
    return sendError(reply, 409, message);
  }
  const signal = call.query.get("signal") ?? "SIGKILL";
  container.signal(signal.startsWith("SIG") ? signal : `SIG${signal}`);
  sendEmpty(reply, 204);
}

function pause({ reply }: RouteContext, container: FakeContainer, paused: boolean): void {
  if (!container.running) return sendError(reply, 409, `Container ${container.id} is not running`);
  if ((container.state.status === "paused") === paused) {
    return sendError(reply, 409, `Container ${container.id} is ${paused ? "already" : "not"} paused`);
  }
  container.pause(paused);
  sendEmpty(reply, 204);
}

function update({ reply, call }: RouteContext, container: FakeContainer): void {
  container.body.HostConfig = { ...container.body.HostConfig, ...(call.body as object) };
  sendJson(reply, 200, { Warnings: [] });
}

function remove({ reply, call, model }: RouteContext, container: FakeContainer): void {
  if (container.running && !isTrue(call.query.get("force"))) {
    const message = `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`;
    return sendError(reply, 409, message);
  }
  model.remove(container);
  sendEmpty(reply, 204);
}
