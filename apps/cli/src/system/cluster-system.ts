import { createMasterTaskRunner, type MasterTaskRunner } from "@berth/task-runner";
import type { CliIo } from "../cli-io.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { sandboxFiles } from "../cluster/sandbox-files.ts";
import { AgentOutput } from "../output/agent-output.ts";
import type { TaskSystem } from "./task-system.ts";

/** A master that is not ours. */
export function clusterSystem(
  cluster: Cluster,
  io: Pick<CliIo, "now" | "user">,
  options: { readonly failoverTimeoutSeconds?: number | undefined } = {},
): TaskSystem {
  const runner = clusterRunner(cluster, io, options);
  return {
    runner,
    sandboxLine: ({ agentUrl, sandboxDirectory }) => {
      const { origin } = new URL(agentUrl);
      return sandboxDirectory === undefined ? `sandbox: at ${origin}` : `sandbox: ${sandboxDirectory} at ${origin}`;
    },
    openOutput: async (place, frameworkId, sinks, onTrouble) => {
      const agent = cluster.agent(place.agentUrl);
      const path = place.sandboxDirectory ?? (await sandboxFiles(agent, { ...place, frameworkId }));
      return new AgentOutput(agent, path, sinks, onTrouble);
    },
    close: async () => {
      await runner.close();
      await cluster.close();
    },
  };
}

export function clusterRunner(
  cluster: Cluster,
  io: Pick<CliIo, "now" | "user">,
  options: { readonly failoverTimeoutSeconds?: number | undefined } = {},
): MasterTaskRunner {
  return createMasterTaskRunner(
    {
      scheduler: cluster.scheduler(),
      connectAgent: (url) => cluster.agent(url),
      now: io.now,
      random: Math.random,
    },
    { user: io.user, principal: cluster.principal, ...options },
  );
}
