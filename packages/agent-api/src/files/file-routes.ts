import { type HttpAnswer, type HttpCall, type Route, textAnswer } from "@berth/http-endpoints";
import { readonlyRealm } from "../realms.ts";
import type { AgentFiles } from "./agent-files.ts";
import { contentDisposition, contentTypeOf } from "./content-type.ts";
import { modeText } from "./file-info.ts";
import type { FileRoots } from "./file-roots.ts";
import { wholeCharacters } from "./whole-characters.ts";

/** `/files/browse`, `/files/read`, `/files/download`, `/files/debug`. */
export function fileRoutes(files: AgentFiles, roots: FileRoots): readonly Route[] {
  const route = (path: string, handle: Route["handle"]): Route => ({
    path,
    methods: ["GET"],
    realm: readonlyRealm,
    handle,
  });
  return [
    route("/files/browse", (call) => withPath(call, (path) => browse(files, path, call.signal))),
    route("/files/read", (call) => withPath(call, (path) => read(files, path, call.query))),
    route("/files/download", (call) => withPath(call, (path) => download(files, path))),
    route("/files/debug", () => ({ kind: "json", value: roots.list() })),
  ];
}

async function withPath(call: HttpCall, use: (path: string) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const path = call.query.get("path");
  return path === null || path === "" ? textAnswer(400, "Expecting 'path=value' in the query") : await use(path);
}

async function browse(files: AgentFiles, path: string, signal: AbortSignal): Promise<HttpAnswer> {
  const listed = await files.browse(path, signal);
  if (!listed.ok) return textAnswer(listed.status, listed.text);
  const value = listed.files.map((file) => ({
    gid: file.group,
    mode: modeText(file.mode),
    mtime: Math.floor(file.mtimeMs / 1000),
    nlink: file.nlink,
    path: file.path,
    size: file.sizeBytes,
    uid: file.user,
  }));
  return { kind: "json", value };
}

async function read(files: AgentFiles, path: string, query: URLSearchParams): Promise<HttpAnswer> {
  const offset = readCount(query, "offset");
  const length = readCount(query, "length");
  if (!offset.ok) return textAnswer(400, offset.text);
  if (!length.ok) return textAnswer(400, length.text);
  const result = await files.read(path, offset.value, length.value);
  if (!result.ok) return textAnswer(result.status, result.text);
  const { data } = result;
  const atEnd = result.offset + data.byteLength >= result.sizeBytes;
  const text = Buffer.from(data.buffer, data.byteOffset, atEnd ? data.byteLength : wholeCharacters(data));
  return { kind: "json", value: { data: text.toString("utf8"), offset: result.offset } };
}

async function download(files: AgentFiles, path: string): Promise<HttpAnswer> {
  const result = await files.download(path);
  if (!result.ok) return textAnswer(result.status, result.text);
  const headers = {
    "Content-Length": String(result.sizeBytes),
    "Content-Disposition": contentDisposition(path),
    "X-Content-Type-Options": "nosniff",
  };
  return { kind: "stream", contentType: contentTypeOf(path), headers, body: result.body };
}

/** Absent and -1 mean the same: what the file itself says. */
function readCount(
  query: URLSearchParams,
  name: string,
): { readonly ok: true; readonly value: number | undefined } | { readonly ok: false; readonly text: string } {
  const text = query.get(name);
  if (text === null || text === "-1") return { ok: true, value: undefined };
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value))
    return { ok: false, text: `Failed to parse ${name}: '${text}'` };
  return value < 0 ? { ok: false, text: `Negative ${name} provided: ${text}` } : { ok: true, value };
}
