import { pingSlave } from "../agents/agent-message.ts";
import { markUnreachable } from "../agents/remove-agent.ts";
import { offerFrom } from "../allocation/offer.ts";
import { removeFramework } from "../scheduler/remove-framework.ts";
import type { Books } from "./books.ts";
import { tellFramework, type Turn } from "./turn.ts";

/** Does all that is due at `turn.now`. A machine that slept misses one of each, not as many as would have fit. */
export function tick(turn: Turn): void {
  const { books, now } = turn;
  const { settings } = books;
  for (const agent of books.agents.values()) {
    if (agent.reregisterDeadline !== undefined && now >= agent.reregisterDeadline) {
      markUnreachable(turn, agent, "agent did not re-register in time");
      continue;
    }
    const { observer } = agent;
    if (now < observer.nextPingAt) continue;
    if (observer.unanswered >= settings.maxAgentPingTimeouts) {
      markUnreachable(turn, agent, "health check timed out");
      continue;
    }
    observer.unanswered++;
    observer.nextPingAt = now + settings.agentPingTimeoutMs;
    turn.effects.push({ type: "send", fromId: observer.id, to: observer.pid, message: pingSlave(agent.connected) });
  }
  for (const framework of books.frameworks.values()) {
    if (framework.failoverDeadline !== undefined && now >= framework.failoverDeadline) {
      removeFramework(turn, framework, "the framework did not come back in time");
    } else if (now >= framework.nextHeartbeatAt) {
      framework.nextHeartbeatAt = now + settings.heartbeatIntervalMs;
      tellFramework(turn, framework, { type: "HEARTBEAT" });
    }
  }
  if (now >= books.nextAllocationAt) {
    books.nextAllocationAt = now + settings.allocationIntervalMs;
    offerFrom(turn, books.agents.keys(), { again: true });
  }
}

/** A pong of any age shows that the agent lives. */
export function pong(turn: Turn, agentId: string): void {
  const agent = turn.books.agents.get(agentId);
  if (agent !== undefined) agent.observer.unanswered = 0;
}

/** When {@link tick} has something to do next, in milliseconds since the epoch; undefined for never. */
export function nextDeadline(books: Books): number | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const agent of books.agents.values()) {
    next = Math.min(next, agent.observer.nextPingAt, agent.reregisterDeadline ?? next);
  }
  for (const framework of books.frameworks.values()) {
    next = Math.min(next, framework.nextHeartbeatAt, framework.failoverDeadline ?? next);
  }
  if (books.agents.size > 0 && books.frameworksByStream.size > 0) next = Math.min(next, books.nextAllocationAt);
  return Number.isFinite(next) ? next : undefined;
}
