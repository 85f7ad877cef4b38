import type { AgentFlags } from "@berth/agent-flags";
import type { LibprocessOptions } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type { HostileAgent } from "./machine/mesos-agents.ts";
import { isLoopback } from "./machine/port-trust.ts";

/** What the operator should know and what stops nothing. Said once, at start. */
export function warnAtStart(
  log: Log,
  flags: Pick<AgentFlags, "authenticateHttpReadonly" | "authenticateHttpReadwrite">,
  listen: Pick<LibprocessOptions, "ip">,
  hostile: readonly HostileAgent[],
): void {
  if (!isLoopback(listen.ip) && !(flags.authenticateHttpReadonly && flags.authenticateHttpReadwrite)) {
    log.warn(
      "anybody who reaches the agent's port may use its HTTP API: set --http_credentials, --authenticate_http_readonly and --authenticate_http_readwrite",
    );
  }
  for (const { pid, name } of hostile) {
    log.warn(
      "a mesos-agent on this machine ends containers that it does not know, ours too, whenever it starts: start it with --no-docker_kill_orphans, or stop it",
      { pid, name },
    );
  }
}
