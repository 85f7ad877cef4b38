import type { AgentFlags } from "./agent-flags.ts";
import { FlagFault } from "./fault.ts";

/** Flags that exclude or demand each other. Throws FlagFault. */
export function crossCheck(flags: AgentFlags, isGiven: (name: string) => boolean): void {
  if (flags.ip !== undefined && flags.ipDiscoveryCommand !== undefined) {
    throw new FlagFault("--ip and --ip_discovery_command exclude each other");
  }
  if (flags.master !== undefined && isGiven("master_port")) {
    throw new FlagFault("--master_port is the local master's, and --master names another one");
  }
  const realm = flags.authenticateHttpReadonly
    ? "--authenticate_http_readonly"
    : flags.authenticateHttpReadwrite
      ? "--authenticate_http_readwrite"
      : undefined;
  if (realm !== undefined && flags.httpCredentials === undefined) {
    throw new FlagFault(`${realm} needs --http_credentials`);
  }
  if (flags.authenticationTimeoutMinMs > flags.authenticationTimeoutMaxMs) {
    throw new FlagFault("--authentication_timeout_min is greater than --authentication_timeout_max");
  }
}
