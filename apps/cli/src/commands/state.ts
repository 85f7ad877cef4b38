import type { MasterState } from "@berth/mesos-client";
import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { openCluster } from "../cluster/cluster.ts";
import { renderTable } from "../output/table.ts";

/** `berth state`: a master with its agents and frameworks. */
export async function stateCommand(command: Extract<ParsedCommand, { command: "state" }>, io: CliIo): Promise<number> {
  const cluster = await openCluster(command.cluster, io);
  try {
    const state = await cluster.state();
    void io.stdout.write(command.json ? `${JSON.stringify(asJson(state))}\n` : asText(state));
    return 0;
  } finally {
    await cluster.close();
  }
}

function asText(state: MasterState): string {
  const agents = state.agents.map(({ id, url, active, resources, usedResources: used }) => [
    id,
    url,
    active ? "active" : "inactive",
    ...["cpus", "mem", "disk"].map((name) => `${used[name] ?? 0}/${resources[name] ?? 0}`),
  ]);
  const frameworks = state.frameworks.map(({ id, name, user, connected, tasks }) => [
    id,
    name,
    user,
    connected ? "connected" : "away",
    String(tasks.length),
  ]);
  return [
    `${state.pid}, version ${state.version}\n\n`,
    renderTable([["AGENT", "URL", "STATE", "CPUS", "MEM", "DISK"], ...agents]),
    "\n",
    renderTable([["FRAMEWORK", "NAME", "USER", "SCHEDULER", "TASKS"], ...frameworks]),
  ].join("");
}

function asJson({ agents, frameworks, completedFrameworks, ...master }: MasterState) {
  return {
    ...master,
    agents: agents.map(({ usedResources: used_resources, ...agent }) => ({ ...agent, used_resources })),
    frameworks: [...frameworks, ...completedFrameworks].map(
      ({ tasks, completedTasks, failoverTimeoutSeconds: failover_timeout, ...framework }, index) => ({
        ...framework,
        failover_timeout,
        completed: index >= frameworks.length,
        tasks: tasks.length,
        completed_tasks: completedTasks.length,
      }),
    ),
  };
}
