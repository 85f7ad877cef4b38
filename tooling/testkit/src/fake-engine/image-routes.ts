import { type FakeImage, tagged } from "./fake-images.ts";
import { sendEmpty, sendError, sendJson } from "./reply.ts";
import type { Route, RouteContext } from "./route.ts";

export const imageRoutes: readonly Route[] = [
  { method: "POST", path: /^\/images\/create$/, handle: pull },
  { method: "GET", path: /^\/images\/(.+)\/json$/, handle: withImage(inspect) },
  { method: "POST", path: /^\/images\/(.+)\/tag$/, handle: withImage(tag) },
  { method: "DELETE", path: /^\/images\/(.+)$/, handle: withImage(remove) },
];

type ImageHandler = (context: RouteContext, image: FakeImage) => void;

function withImage(handler: ImageHandler): Route["handle"] {
  return (context) => {
    const ref = context.params[0] ?? "";
    const image = context.model.images.find(ref);
    const absent = `No such image: ${tagged(ref)}`;
    // In the engine's own words, which say it twice here.
    const words = handler === inspect ? `no such image: ${tagged(ref)}: ${absent}` : absent;
    if (image === undefined) sendError(context.reply, 404, words);
    else handler(context, image);
  };
}

function inspect({ reply }: RouteContext, { id, tags, options }: FakeImage): void {
  sendJson(reply, 200, {
    Id: id,
    RepoTags: [...tags],
    RepoDigests: [],
    Architecture: options.architecture ?? "amd64",
    Os: options.os ?? "linux",
    Size: options.sizeBytes ?? 1_000_000,
    Config: options.config ?? { Cmd: ["true"], Env: ["PATH=/bin"] },
  });
}

function tag({ reply, model, call }: RouteContext, image: FakeImage): void {
  model.images.tag(image, `${call.query.get("repo")}:${call.query.get("tag") ?? "latest"}`);
  sendEmpty(reply, 201);
}

function remove({ reply, model, call }: RouteContext, image: FakeImage): void {
  const user = model.containers.find(({ imageId }) => imageId === image.id);
  if (user !== undefined && !isTrue(call.query.get("force"))) {
    const message = `conflict: unable to remove repository reference (must force) - container ${user.id.slice(0, 12)} is using its referenced image`;
    return sendError(reply, 409, message);
  }
  model.images.remove(image);
  sendJson(
    reply,
    200,
    [...image.tags].map((each) => ({ Untagged: each })),
  );
}

async function pull({ reply, model, call, registry }: RouteContext): Promise<void> {
  const from = call.query.get("fromImage") ?? "";
  const wantedTag = call.query.get("tag");
  const ref = wantedTag ? `${from}${wantedTag.includes(":") ? "@" : ":"}${wantedTag}` : tagged(from);
  const found = registry[ref];
  if (found === undefined) {
    return sendError(reply, 404, `manifest for ${ref} not found: manifest unknown: manifest unknown`);
  }
  const usual = [
    { status: `Pulling from ${from}`, id: ref.slice(ref.lastIndexOf(":") + 1) },
    { status: "Pulling fs layer", progressDetail: {}, id: "aaaaaaaaaaaa" },
    { status: "Downloading", progressDetail: { current: 500, total: 1000 }, id: "aaaaaaaaaaaa" },
    { status: "Download complete", progressDetail: {}, id: "aaaaaaaaaaaa" },
    { status: "Extracting", progressDetail: { current: 1000, total: 1000 }, id: "aaaaaaaaaaaa" },
    { status: "Pull complete", progressDetail: {}, id: "aaaaaaaaaaaa" },
    { status: `Status: Downloaded newer image for ${ref}` },
  ];
  let begun = false;
  let failed = false;
  let left = false;
  void reply.closed.then(() => (left = true));
  for (const step of found.steps ?? usual) {
    if (typeof step === "function") {
      await Promise.race([step(), reply.closed]);
      continue;
    }
    if (left) return;
    // As the engine does: no headers before the first line.
    if (!begun) reply.head(200, { "content-type": "application/json" });
    begun = true;
    failed ||= "error" in step;
    reply.write(`${JSON.stringify(step)}\r\n`);
  }
  if (!failed && !left) model.images.add(ref, found);
  if (!begun) reply.head(200, { "content-type": "application/json" });
  reply.end();
}

export function isTrue(value: string | null): boolean {
  return value !== null && !["", "0", "false", "no", "none"].includes(value.toLowerCase());
}
