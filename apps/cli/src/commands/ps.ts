import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { openCluster } from "../cluster/cluster.ts";
import { allTasks, type FoundTask, lastHeard } from "../cluster/find-task.ts";
import { renderTable } from "../output/table.ts";

/** `berth ps`: the tasks that a master knows. */
export async function psCommand(command: Extract<ParsedCommand, { command: "ps" }>, io: CliIo): Promise<number> {
  const cluster = await openCluster(command.cluster, io);
  try {
    const tasks = allTasks(await cluster.state()).filter(({ completed }) => command.all || !completed);
    if (command.json) for (const task of tasks) void io.stdout.write(`${JSON.stringify(asJson(task))}\n`);
    else void io.stdout.write(renderTable([heads, ...tasks.map((task) => asRow(task, io.now()))]));
    return 0;
  } finally {
    await cluster.close();
  }
}

const heads = ["TASK", "STATE", "SINCE", "AGENT", "FRAMEWORK", "NAME"];

function asRow({ task, framework, agent }: FoundTask, nowMs: number): readonly string[] {
  const heard = lastHeard(task);
  const since = heard === 0 ? "" : age(nowMs / 1000 - heard);
  return [task.id, task.state, since, agent?.hostname ?? task.agentId, framework.id, framework.name];
}

function asJson({ task, framework, agent }: FoundTask) {
  const containerId = task.statuses.findLast((status) => status.containerId !== undefined)?.containerId;
  return {
    id: task.id,
    name: task.name,
    state: task.state,
    timestamp: lastHeard(task) || undefined,
    agent_id: task.agentId,
    agent: agent?.url,
    hostname: agent?.hostname,
    framework_id: framework.id,
    framework: framework.name,
    executor_id: task.executorId || task.id,
    container_id: containerId,
    resources: task.resources,
  };
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
] as const;

/** `3d`, `12m`, `5s`. */
function age(seconds: number): string {
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? (["s", 1] as const);
  return `${Math.max(0, Math.floor(seconds / size))}${unit}`;
}
