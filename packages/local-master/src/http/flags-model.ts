import type { Books } from "../books/books.ts";
import type { Model } from "./models.ts";

/** The original's flags that have a meaning here, in its words. */
export function flagsModel({ pid, settings }: Books): Model {
  return {
    agent_ping_timeout: duration(settings.agentPingTimeoutMs),
    agent_reregister_timeout: duration(settings.agentReregisterTimeoutMs),
    allocation_interval: duration(settings.allocationIntervalMs),
    hostname: pid.host,
    ip: pid.host,
    max_agent_ping_timeouts: String(settings.maxAgentPingTimeouts),
    port: String(pid.port),
    registry: "in_memory",
  };
}

const units = [
  ["weeks", 7 * 24 * 3600 * 1000],
  ["days", 24 * 3600 * 1000],
  ["hrs", 3600 * 1000],
  ["mins", 60 * 1000],
  ["secs", 1000],
  ["ms", 1],
] as const;

/** In the largest unit that leaves no fraction: `10mins`, `1500ms`. */
export function duration(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
