import { type Dispatcher, request } from "undici";
import { MesosClientError } from "./errors.ts";

/** One request, its answer's head read and its body still to come. */
export interface Exchange {
  /** Where the answer came from, redirects followed. */
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData["body"];
}

export interface ExchangeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For an answer's head to come. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the body; 0 is no limit. */
  readonly bodyTimeoutMs: number;
}

const mostRedirects = 5;
const mostTextBytes = 4096;

/**
 * Sends a request, and follows `307` to the master that leads: its Location has no scheme (`//host:port/...`), ours is kept. Never sends
 * twice otherwise. Rejects with MesosClientError for everything but an answer of 2xx.
 */
export async function exchange(dispatcher: Dispatcher, first: ExchangeRequest): Promise<Exchange> {
  let url = first.url;
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const answer = await send(dispatcher, { ...first, url });
    const status = answer.statusCode;
    if (status >= 200 && status < 300) return { url, status, headers: answer.headers, body: answer.body };
    const text = await readText(answer.body);
    const location = answer.headers["location"];
    if (status !== 307 || typeof location !== "string") throw refused(url, status, text);
    url = leaderUrl(location, url);
  }
  throw new MesosClientError("not-leader", `${first.url} redirects in a circle; no master leads`, { url: first.url });
}

/** The whole body of an answer. Rejects like `exchange`. */
export async function readBody({ body, url }: Exchange, signal?: AbortSignal): Promise<Uint8Array> {
  return body.bytes().catch((error: unknown) => {
    throw failure(error, url, signal);
  });
}

/** Anything that undici throws, in our words. */
export function failure(error: unknown, url: string, signal: AbortSignal | undefined): MesosClientError {
  if (error instanceof MesosClientError) return error;
  if (signal?.aborted === true) return new MesosClientError("aborted", `${url}: given up`, { url }, { cause: error });
  const why = error instanceof Error ? error.message || ((error as NodeJS.ErrnoException).code ?? error.name) : "?";
  return new MesosClientError("unreachable", `${url} cannot be reached: ${why}`, { url }, { cause: error });
}

async function send(dispatcher: Dispatcher, asked: ExchangeRequest): Promise<Dispatcher.ResponseData> {
  const { method, url, headers, body, signal, headersTimeoutMs: headersTimeout, bodyTimeoutMs: bodyTimeout } = asked;
  try {
    return await request(url, {
      dispatcher,
      method,
      headers,
      body: body ?? null,
      headersTimeout,
      bodyTimeout,
      ...(signal && { signal }),
    });
  } catch (error) {
    throw failure(error, url, signal);
  }
}

function leaderUrl(location: string, from: string): string {
  if (!URL.canParse(location, from)) {
    throw new MesosClientError("malformed", `${from} redirects to ${JSON.stringify(location)}, which is no address`, {
      url: from,
    });
  }
  const target = new URL(location, from);
  // Some masters name only themselves.
  if (target.pathname === "/") target.pathname = new URL(from).pathname;
  return target.href;
}

function refused(url: string, status: number, text: string): MesosClientError {
  const said = text.trim() === "" ? "" : `: ${text.trim()}`;
  return new MesosClientError("refused", `${url} answered ${status}${said}`, { url, status, text });
}

async function readText(body: Exchange["body"]): Promise<string> {
  let text = "";
  try {
    for await (const part of body) {
      text += (part as Buffer).toString("utf8");
      if (text.length >= mostTextBytes) break; // leaving the loop ends the body
    }
  } catch {
    // what came is all there is
  }
  return text.slice(0, mostTextBytes);
}
