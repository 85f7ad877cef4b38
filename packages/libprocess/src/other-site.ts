import { isIP } from "node:net";
import type { RequestHead } from "./message-head.ts";

/**
 * Why a request must come from a web page that is not ours, in a sentence; undefined when nothing says so. What programs send, without
 * `Origin` and with an address, an own name or nothing as `Host`, always passes.
 *
 * - A page whose name its owner has pointed at our address is of our site to the browser, and its `Host` tells.
 * - A page of another site may send some requests without asking first, and its `Origin` tells.
 * - It may also read what is a script (`?jsonp=`), and only `Sec-Fetch-Site` tells. Following a link is no reading.
 */
export function otherSite({ method, headers }: RequestHead, ownNames: ReadonlySet<string>): string | undefined {
  const host = hostOf(headers.host ?? "");
  if (host !== "" && !isOurs(host, ownNames)) return "the Host header does not name this machine";
  const { origin } = headers;
  if (origin !== undefined && method !== "GET" && method !== "HEAD" && hostOf(originHost(origin)) !== host) {
    return "the Origin header names another site";
  }
  const followed = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  if (headers["sec-fetch-site"] === "cross-site" && !followed) return "a page of another site asks for it";
  return undefined;
}

/** Nobody's name is an address, so an address cannot be pointed elsewhere. The address of nobody leads browsers to loopback. */
function isOurs(host: string, ownNames: ReadonlySet<string>): boolean {
  if (isIP(host) !== 0) return host !== "0.0.0.0" && host !== "::";
  return host === "localhost" || host.endsWith(".localhost") || ownNames.has(host);
}

/** Without port, brackets and the dot of the root, in small letters. What is no host is a name that nobody has. */
export function hostOf(header: string): string {
  const [, v6, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header.trim().toLowerCase()) ?? [];
  return v6 ?? name?.replace(/\.$/, "") ?? "?";
}

/** Of `null` there is none. */
function originHost(origin: string): string {
  return /^https?:\/\/([^/]+)$/i.exec(origin.trim())?.[1] ?? "?";
}
