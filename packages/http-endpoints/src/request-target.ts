/** A request's target, taken apart. */
export interface RequestTarget {
  /** Percent-decoded, no slash at the end but for "/" itself. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Reads the target of a request line: `/slave(1)/state?jsonp=x`, also in absolute form. `not-found` for paths that hold `/..`, however
 * they are encoded, `malformed` for what is no path or no valid percent encoding.
 */
export function parseRequestTarget(
  target: string,
):
  | { readonly ok: true; readonly value: RequestTarget }
  | { readonly ok: false; readonly why: "not-found" | "malformed" } {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
  const [beforeFragment = ""] = target.slice(origin.length).split("#", 1);
  const mark = beforeFragment.indexOf("?");
  const raw = mark === -1 ? beforeFragment : beforeFragment.slice(0, mark);
  if (!raw.startsWith("/")) return { ok: false, why: "malformed" };
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return { ok: false, why: "malformed" };
  }
  if (path.includes("\0")) return { ok: false, why: "malformed" };
  if (path.includes("/..")) return { ok: false, why: "not-found" };
  const query = new URLSearchParams(mark === -1 ? "" : beforeFragment.slice(mark + 1));
  return { ok: true, value: { path: path.replace(/\/+$/, "") || "/", query } };
}

/** `/slave(1)/state` is `/state` to the process `slave(1)`; a first segment that names no process belongs to the path. */
export function withoutProcessId(path: string, processIds: readonly string[]): string {
  const end = path.indexOf("/", 1);
  const first = end === -1 ? path.slice(1) : path.slice(1, end);
  if (!processIds.includes(first)) return path;
  return end === -1 ? "/" : path.slice(end);
}
