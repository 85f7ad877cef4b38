import type { RegistryScope } from "./credential-source.ts";

const dockerHubHosts = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/**
 * How well a key of `auths` or `credHelpers` fits the repository: 0 for not at all, higher is better. A path that is a prefix
 * of the repository's is best, the longer the better; then a bare host (`/v1/` and `/v2/` are API versions, not paths); last
 * another path on the same host, which the docker client accepts too.
 */
export function matchServer(server: string, { domain, path }: RegistryScope): number {
  const { host, rest } = splitServer(server);
  if (host !== normalHost(domain)) return 0;
  if (rest === "") return 2;
  return path === rest || path.startsWith(`${rest}/`) ? 2 + rest.length : 1;
}

/** The best of the keys; the first of those that fit equally well. */
export function bestServer<T>(
  keyed: Iterable<readonly [server: string, value: T]>,
  scope: RegistryScope,
): T | undefined {
  let best: { value: T; score: number } | undefined;
  for (const [server, value] of keyed) {
    const score = matchServer(server, scope);
    if (score > (best?.score ?? 0)) best = { value, score };
  }
  return best?.value;
}

function splitServer(server: string): { host: string; rest: string } {
  const plain = server.trim().replace(/^https?:\/\//i, "");
  const slash = plain.indexOf("/");
  if (slash < 0) return { host: normalHost(plain), rest: "" };
  const rest = plain.slice(slash).replaceAll(/^\/+|\/+$/g, "");
  return { host: normalHost(plain.slice(0, slash)), rest: /^v[012]$/.test(rest) ? "" : rest };
}

/** Hosts do not mind case, 443 is where HTTPS is anyway, and Docker Hub has several names. Any other port is another server. */
function normalHost(host: string): string {
  const lower = host.toLowerCase().replace(/:443$/, "");
  return dockerHubHosts.has(lower) ? "docker.io" : lower;
}
