import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL, read as curl reads it: `http_proxy` only in lower case (a CGI server sets
 * HTTP_PROXY from a header), `https_proxy` and `all_proxy` in either, `no_proxy` as a list of domains, addresses, CIDR blocks or `*`.
 */
export function proxyFor(url: URL, environment: Environment): string | undefined {
  const specific = url.protocol === "https:" ? either(environment, "https_proxy") : nonEmpty(environment["http_proxy"]);
  const proxy = specific ?? either(environment, "all_proxy");
  if (proxy === undefined || excluded(url, either(environment, "no_proxy"))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function excluded(url: URL, noProxy: string | undefined): boolean {
  if (noProxy === undefined) return false;
  const host = url.hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return noProxy
    .split(/[\s,]+/)
    .filter((rule) => rule !== "")
    .some((rule) => rule === "*" || matches(rule.toLowerCase(), host, port));
}

function matches(rule: string, host: string, port: string): boolean {
  const block = /^([^/]+)\/(\d+)$/.exec(rule);
  if (block !== null) return inBlock(host, block[1] ?? "", Number(block[2]));
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(rule);
  const [name, rulePort] = bracketed
    ? [bracketed[1] ?? "", bracketed[2]]
    : isIP(rule) === 6
      ? [rule, undefined]
      : [rule.split(":")[0] ?? "", rule.split(":")[1]];
  if (rulePort !== undefined && rulePort !== port) return false;
  const domain = name.replace(/^\*?\./, "").replace(/\.$/, "");
  if (domain === "") return false;
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function inBlock(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(network, prefix, type);
  return list.check(host, type);
}

function either(environment: Environment, name: string): string | undefined {
  return nonEmpty(environment[name]) ?? nonEmpty(environment[name.toUpperCase()]);
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}
