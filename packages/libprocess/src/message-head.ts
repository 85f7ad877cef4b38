import type { IncomingHttpHeaders } from "node:http";
import { type Pid, parsePid } from "./pid.ts";

/** What is looked at to tell a message from other HTTP. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export type MessageHead =
  | { readonly kind: "message"; readonly from: Pid; readonly to: string; readonly name: string }
  | { readonly kind: "http" }
  /** A message that cannot be one. */
  | { readonly kind: "refused"; readonly status: 400 | 500; readonly reason: string };

const agentPrefix = "libprocess/";

/** POST with one of the two marks is a message; all else is HTTP. Source: libprocess' process.cpp, wire.md 1.2 and 1.3. */
export function readMessageHead(request: RequestHead): MessageHead {
  const from = request.headers["libprocess-from"];
  const agent = request.headers["user-agent"];
  const marked = from !== undefined || (typeof agent === "string" && agent.startsWith(agentPrefix));
  if (request.method !== "POST" || !marked) return { kind: "http" };
  const path = request.url?.split(/[?#]/, 1)[0] ?? "";
  if (!path.startsWith("/")) return refused(400, "the path must start with /");
  const sender = parsePid(from === undefined ? String(agent).slice(agentPrefix.length) : String(from));
  if (sender === undefined) return refused(500, "the sender cannot be determined");
  const slash = path.indexOf("/", 1);
  // For the empty id senders write the name alone.
  if (slash === -1) return { kind: "message", from: sender, to: "", name: path.slice(1) };
  const to = decode(path.slice(1, slash));
  if (to === undefined) return refused(500, "the process id cannot be decoded");
  return { kind: "message", from: sender, to, name: path.slice(slash + 1) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refused(status: 400 | 500, reason: string): MessageHead {
  return { kind: "refused", status, reason };
}
