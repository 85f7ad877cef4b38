/** The URI as it may be shown: without userinfo, and with the values of its query cut. */
export function redactUri(value: string): string {
  const uri = value.trimStart().replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(uri)) return uri;
  const query = uri.indexOf("?");
  if (query < 0) return uri;
  const fragment = uri.indexOf("#", query);
  const end = fragment < 0 ? uri.length : fragment;
  const shown = uri
    .slice(query + 1, end)
    .split("&")
    .map((pair) => (pair.includes("=") ? `${pair.slice(0, pair.indexOf("="))}=***` : "***"))
    .join("&");
  return `${uri.slice(0, query)}?${shown}${uri.slice(end)}`;
}
