import path from "node:path";

/** Where one URI comes from. `pin` is the SHA-256 the content must have, in lower-case hex. */
export type Source =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "ftp"; readonly url: string }
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "relative"; readonly path: string }
  | { readonly kind: "hadoop"; readonly uri: string };

export interface ParsedUri {
  readonly source: Source;
  readonly pin: string | undefined;
  /** The last part of the path, without query and fragment; empty when the URI ends in `/`. */
  readonly baseName: string;
}

export type ParseResult =
  | { readonly ok: true; readonly value: ParsedUri }
  | { readonly ok: false; readonly message: string };

const pinPattern = /#sha256=([^#]*)$/i;

/** Reads `CommandInfo.URI.value` by the original's rules: leading spaces go, and a scheme is what stands before `://`. */
export function parseSource(raw: string): ParseResult {
  const text = raw.trimStart();
  if (text === "") return refuse("The URI is empty");
  if (/[\\'\0]/.test(text)) return refuse("Illegal characters in URI (backslash, single quote or NUL)");
  const pinMatch = pinPattern.exec(text);
  const pin = pinMatch?.[1]?.toLowerCase();
  if (pin !== undefined && !/^[0-9a-f]{64}$/.test(pin)) {
    return refuse("Malformed URI (the #sha256= pin needs 64 hexadecimal digits)");
  }
  const value = pinMatch === null ? text : text.slice(0, pinMatch.index);
  const separator = value.indexOf("://");
  if (separator < 2) return local(value, pin);
  const scheme = value.slice(0, separator).toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) return refuse(`Malformed URI (bad scheme)`);
  const rest = value.slice(separator + 3);
  if (scheme === "file") return file(rest, pin);
  return remote(scheme, value, rest, pin);
}

function file(rest: string, pin: string | undefined): ParseResult {
  const name = rest.startsWith("localhost/") ? rest.slice("localhost".length) : rest;
  if (!name.startsWith("/")) return refuse("File URI only supports absolute paths");
  if (name === "/") return refuse("Malformed URI (missing path)");
  return accept({ kind: "local", path: name }, pin, name);
}

function local(value: string, pin: string | undefined): ParseResult {
  if (value.startsWith("/")) return accept({ kind: "local", path: value }, pin, value);
  const normal = path.posix.normalize(value);
  if (normal === ".." || normal.startsWith("../")) {
    return refuse("The relative URI leaves the frameworks home (`..`)");
  }
  return accept({ kind: "relative", path: normal }, pin, value);
}

function remote(scheme: string, value: string, rest: string, pin: string | undefined): ParseResult {
  const web = scheme === "http" || scheme === "https" || scheme === "ftp" || scheme === "ftps";
  const named = web ? (/^[^?#]*/.exec(rest)?.[0] ?? "") : rest;
  const slash = named.indexOf("/");
  if (slash < 0 || slash === named.length - 1) return refuse("Malformed URI (missing path)");
  if (!web) return accept({ kind: "hadoop", uri: value }, pin, named);
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return refuse("Malformed URI (the host or port cannot be read)");
  }
  url.hash = "";
  // Both are decoded for use; a path is, for ftp.
  if (!isEscapedWell(url.username + url.password)) {
    return refuse("Malformed URI (a % in the user or password is not followed by two hexadecimal digits; write %25)");
  }
  if (scheme.startsWith("http")) return accept({ kind: "http", url: url.href }, pin, named);
  if (/%0[ad]|%00/i.test(url.href)) return refuse("Malformed URI (line break or NUL in the path)");
  if (!isEscapedWell(url.pathname)) {
    return refuse("Malformed URI (a % in the path is not followed by two hexadecimal digits; write %25)");
  }
  return accept({ kind: "ftp", url: url.href }, pin, named);
}

function isEscapedWell(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function accept(source: Source, pin: string | undefined, name: string): ParseResult {
  return { ok: true, value: { source, pin, baseName: name.slice(name.lastIndexOf("/") + 1) } };
}

function refuse(message: string): ParseResult {
  return { ok: false, message };
}
