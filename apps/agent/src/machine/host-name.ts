import { lookupService } from "node:dns/promises";
import type { Log } from "@berth/log";

/** The name to report: as given, else of the address, else the address itself. */
export async function hostName(
  { hostname, hostnameLookup }: { readonly hostname: string | undefined; readonly hostnameLookup: boolean },
  address: { readonly host: string; readonly port: number },
  log: Log,
): Promise<string> {
  if (hostname !== undefined) return hostname;
  if (!hostnameLookup) return address.host;
  try {
    return (await lookupService(address.host, address.port)).hostname;
  } catch (error) {
    // The original ends here. An agent that can be reached is worth more than one with a fine name.
    log.warn("the agent's address has no name, so the address is the name", { ip: address.host, error });
    return address.host;
  }
}
