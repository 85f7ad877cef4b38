import { setTimeout as delay } from "node:timers/promises";
import { labelNames } from "@berth/docker-executor";
import { type EngineClient, isEngineError } from "@berth/engine-client";
import type { Log } from "@berth/log";
import { AgentError } from "../agent-error.ts";

export interface LeftoversDeps {
  readonly containers: Pick<EngineClient["containers"], "list" | "remove">;
  readonly log: Log;
}

/**
 * Ends the containers that an earlier life of this agent has left, and resolves when the engine lists none. Only those whose label names
 * this agent. With `kill` false they are left alone, and AgentError `leftovers` names them when any is running. An engine that does not
 * answer says nothing about them: it is asked again, with growing pauses, until `signal` aborts.
 */
export async function endLeftovers(
  deps: LeftoversDeps,
  agentId: string,
  options: { readonly kill: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { signal } = options;
  for (let pauseMs = 250; ; pauseMs = Math.min(2 * pauseMs, 10_000)) {
    try {
      if ((await endOnce(deps, agentId, options)) === "none-left") return;
    } catch (error) {
      if (!isEngineError(error, "unreachable", "timeout", "server", "conflict")) throw error;
      deps.log.warn("the engine cannot say what an earlier life has left; asking again", { pauseMs, error });
    }
    await delay(pauseMs, undefined, { signal });
  }
}

async function endOnce(
  { containers, log }: LeftoversDeps,
  agentId: string,
  { kill, signal }: { readonly kill: boolean; readonly signal?: AbortSignal | undefined },
): Promise<"none-left" | "look-again"> {
  const found = await containers.list({
    all: true,
    filters: { label: [`${labelNames.agentId}=${agentId}`] },
    signal,
  });
  if (found.length === 0) return "none-left";
  if (!kill) {
    const running = found.filter(({ State }) => !["exited", "dead", "created"].includes(State));
    if (running.length === 0) return "none-left";
    const names = running.map(({ Id }) => Id.slice(0, 12)).join(", ");
    throw new AgentError(
      "leftovers",
      `containers of an earlier life of this agent still run (${names}): end them, or let --docker_kill_orphans do it`,
    );
  }
  log.warn("ending containers of an earlier life", { agentId, containers: found.map(({ Id }) => Id) });
  // Whatever the answers are, the next list tells.
  await Promise.all(found.map(({ Id }) => containers.remove(Id, { force: true, volumes: true, signal })));
  return "look-again";
}
