import { eventLine, parseSince, type StampedEvent } from "./event-bus.ts";
import { sendError, sendJson } from "./reply.ts";
import type { Route, RouteContext } from "./route.ts";

export const systemRoutes: readonly Route[] = [
  { method: "GET", path: /^\/_ping$/, handle: ping },
  { method: "HEAD", path: /^\/_ping$/, handle: ping },
  { method: "GET", path: /^\/version$/, handle: version },
  { method: "GET", path: /^\/info$/, handle: info },
  { method: "GET", path: /^\/events$/, handle: events },
];

function ping({ reply, versions }: RouteContext): void {
  reply.head(200, { "api-version": versions.apiVersion, ostype: "linux", "content-type": "text/plain" });
  reply.write("OK");
  reply.end();
}

function version({ reply, versions }: RouteContext): void {
  sendJson(reply, 200, {
    Version: versions.version,
    ApiVersion: versions.apiVersion,
    MinAPIVersion: versions.minApiVersion,
    Os: "linux",
    Arch: "amd64",
  });
}

function info({ reply, model, versions }: RouteContext): void {
  sendJson(reply, 200, {
    ID: "FAKE",
    Containers: model.containers.length,
    ContainersRunning: model.containers.filter(({ running }) => running).length,
    Driver: "overlay2",
    DockerRootDir: "/var/lib/docker",
    CgroupVersion: "1",
    CgroupDriver: "cgroupfs",
    OSType: "linux",
    Architecture: "x86_64",
    NCPU: 2,
    MemTotal: 4 * 1024 ** 3,
    ServerVersion: versions.version,
    LiveRestoreEnabled: false,
  });
}

async function events({ reply, model, call }: RouteContext): Promise<void> {
  const filters = JSON.parse(call.query.get("filters") ?? "{}") as Filters;
  const sinceText = call.query.get("since");
  const since = sinceText === null ? undefined : parseSince(sinceText);
  if (sinceText !== null && since === undefined) return sendError(reply, 400, `invalid since: ${sinceText}`);
  reply.head(200, { "content-type": "application/json" });
  const send = (event: StampedEvent) => {
    if (passes(event, filters)) reply.write(eventLine(event));
  };
  if (since !== undefined) for (const event of model.events.history) if (event.nanos >= since) send(event);
  const leave = model.events.listen(send);
  await reply.closed;
  leave();
}

type Filters = Readonly<Record<string, readonly string[] | Readonly<Record<string, boolean>>>>;

/** As the engine has it: every key must match, any of its values will do. */
function passes(event: StampedEvent, filters: Filters): boolean {
  return Object.entries(filters).every(([key, list]) => {
    const values = Array.isArray(list) ? (list as readonly string[]) : Object.keys(list);
    switch (key) {
      case "type":
        return values.includes(event.type);
      case "event":
        return values.includes(event.action);
      case "container":
        return values.some((value) => event.id.startsWith(value) || event.attributes["name"] === value);
      case "label":
        return values.every((value) => {
          const [name = "", ...rest] = value.split("=");
          return name in event.attributes && (rest.length === 0 || event.attributes[name] === rest.join("="));
        });
      default:
        return true;
    }
  });
}
