import { isIPv4 } from "node:net";

/** The IPv4 address of a name. Rejects when there is none. */
export type ResolveHost = (name: string) => Promise<string>;

/** The address of a host that may be one already; undefined when its name cannot be resolved now. */
export async function addressOf(resolve: ResolveHost, host: string): Promise<string | undefined> {
  if (isIPv4(host)) return host;
  try {
    const address = await resolve(host);
    return isIPv4(address) ? address : undefined;
  } catch {
    // That a name is not known now is an answer.
    return undefined;
  }
}
