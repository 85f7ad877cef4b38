import { withContainer } from "./container-routes.ts";
import { parseSince } from "./event-bus.ts";
import type { FakeContainer } from "./fake-container.ts";
import { isTrue } from "./image-routes.ts";
import type { OutputPiece } from "./output-frame.ts";
import { sendError } from "./reply.ts";
import type { Route, RouteContext } from "./route.ts";

export const streamRoutes: readonly Route[] = [
  { method: "POST", path: /^\/containers\/([^/]+)\/wait$/, handle: withContainer(wait) },
  { method: "POST", path: /^\/containers\/([^/]+)\/attach$/, handle: withContainer(attach) },
  { method: "GET", path: /^\/containers\/([^/]+)\/logs$/, handle: withContainer(logs) },
];

async function wait({ reply, call }: RouteContext, container: FakeContainer): Promise<void> {
  const condition = call.query.get("condition") ?? "not-running";
  const ended = condition === "removed" ? container.removed : container.exited;
  const already = condition === "not-running" && !container.running && container.state.status !== "created";
  // The engine sends the headers when the wait is in place.
  reply.head(200, { "content-type": "application/json" });
  if (!already) await Promise.race([ended, reply.closed]);
  reply.write(`${JSON.stringify({ StatusCode: container.state.exitCode, Error: null })}\n`);
  reply.end();
}

function attach({ reply, call, upgrade, versions }: RouteContext, container: FakeContainer): void {
  if (!upgrade) return sendError(reply, 400, "the fake engine attaches with Upgrade: tcp only");
  if (container.state.status === "paused") {
    return sendError(reply, 409, `Container ${container.id} is paused, unpause the container before attach.`);
  }
  const framed = Number(versions.apiVersion.split(".")[1]) >= 42 && container.body.Tty !== true;
  reply.head(101, { "content-type": `application/vnd.docker.${framed ? "multiplexed" : "raw"}-stream` });
  container.emit("attach");
  const wanted = wantedStreams(call.query);
  const leave = container.read(
    {
      onPiece: (piece) => {
        if (wanted(piece)) reply.write(container.encode(piece));
      },
      onEnd: () => reply.end(),
    },
    { past: isTrue(call.query.get("logs")) },
  );
  void reply.closed.then(leave);
}

function logs({ reply, call }: RouteContext, container: FakeContainer): void {
  const since = parseSince(call.query.get("since") ?? "0");
  if (since === undefined) return sendError(reply, 400, `invalid value for "since"`);
  const timestamps = isTrue(call.query.get("timestamps"));
  const wanted = wantedStreams(call.query);
  reply.head(200, { "content-type": "application/vnd.docker.raw-stream" });
  const send = (piece: OutputPiece, nanos: bigint) => {
    if (!wanted(piece)) return;
    const data = timestamps ? Buffer.concat([Buffer.from(`${stamp(nanos)} `), Buffer.from(piece.data)]) : piece.data;
    reply.write(container.encode({ stream: piece.stream, data }));
  };
  const tail = Number(call.query.get("tail") ?? Number.NaN);
  const past = container.log().filter(({ nanos }) => nanos >= since);
  for (const { piece, nanos } of Number.isNaN(tail) ? past : past.slice(-tail)) send(piece, nanos);
  if (!isTrue(call.query.get("follow")) || container.state.status === "exited") return reply.end();
  const onPiece = (piece: OutputPiece) => send(piece, container.log().at(-1)?.nanos ?? 0n);
  const leave = container.read({ onPiece, onEnd: () => reply.end() }, { past: false });
  void reply.closed.then(leave);
}

function wantedStreams(query: URLSearchParams): (piece: OutputPiece) => boolean {
  return ({ stream }) => isTrue(query.get(stream));
}

/** RFC 3339 with nanoseconds. */
function stamp(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(nanos % 1_000_000_000n).padStart(9, "0")}Z`;
}
