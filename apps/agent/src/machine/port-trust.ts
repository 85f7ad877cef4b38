import type { AgentFlags } from "@berth/agent-flags";
import type { LibprocessOptions } from "@berth/libprocess";

/**
 * Whom the agent's port believes. Its own master is in this process, so nobody elsewhere speaks for it. On loopback this machine's users
 * are trusted, but not the pages that their browsers show. Else the network is trusted, as the original trusts it.
 */
export function portTrust(
  flags: Pick<AgentFlags, "master" | "hostname">,
  ip: string,
): Pick<LibprocessOptions, "messagesFrom" | "refuseOtherSites"> {
  return {
    messagesFrom: flags.master === undefined ? "this-machine" : "anywhere",
    refuseOtherSites: isLoopback(ip) ? { ownNames: flags.hostname === undefined ? [] : [flags.hostname] } : undefined,
  };
}

export function isLoopback(ip: string): boolean {
  return ip.startsWith("127.");
}
