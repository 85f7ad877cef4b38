import { FetchError } from "../errors.ts";
import { redactUri } from "../uri/redact-uri.ts";
import type { Validators } from "../transfer.ts";
import { type Asked, resumeValidator } from "./judge-response.ts";

/** The headers of one hop. Userinfo of the first URL goes to its own origin and to no other. */
export function requestHeaders(
  url: URL,
  first: URL,
  asked: Asked,
  known: Validators | undefined,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    accept: "*/*",
    "accept-encoding": "identity",
    "user-agent": "berth-fetcher",
  };
  if (url.origin === first.origin && (first.username !== "" || first.password !== "")) {
    const user = decodeURIComponent(first.username);
    const password = decodeURIComponent(first.password);
    headers["authorization"] = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }
  const validator = resumeValidator(asked.validators);
  if (asked.offset > 0 && validator !== undefined) {
    headers["range"] = `bytes=${asked.offset}-`;
    headers["if-range"] = validator;
  }
  if (known?.etag !== undefined) headers["if-none-match"] = known.etag;
  else if (known?.lastModified !== undefined) headers["if-modified-since"] = known.lastModified;
  return headers;
}

/** Where a redirect leads: only to http and https, and never from https down to http. */
export function nextHop(from: URL, location: string, shownUri: string): URL {
  const refuse = (why: string) => new FetchError("redirect", why, { uri: shownUri });
  if (!URL.canParse(location, from)) throw refuse("the server redirects to something that is no URL");
  const url = new URL(location, from);
  const shown = redactUri(url.href);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refuse(`the server redirects to '${shown}'; only http and https are followed`);
  if (from.protocol === "https:" && url.protocol === "http:")
    throw refuse(`the server redirects from https to '${shown}'; this is not followed`);
  url.username = "";
  url.password = "";
  url.hash = "";
  return url;
}
