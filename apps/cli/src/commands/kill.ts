import { isTerminalState, toMesosJson } from "@berth/proto";
import { TaskStatus } from "@berth/proto/v1";
import { frameworkName } from "@berth/task-runner";
import type { ParsedCommand } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { openCluster } from "../cluster/cluster.ts";
import { findTask, type FoundTask } from "../cluster/find-task.ts";
import { statusLine } from "../output/status-line.ts";
import { clusterRunner } from "../system/cluster-system.ts";

/** `berth kill`: becomes the scheduler of a detached task again, and ends it. */
export async function killCommand(command: Extract<ParsedCommand, { command: "kill" }>, io: CliIo): Promise<number> {
  const cluster = await openCluster(command.cluster, io);
  try {
    const found = findTask(await cluster.state(), command.name);
    const why = notOurs(found);
    if (why !== undefined) throw new CliError("task", why);
    const { framework, task } = found;
    const runner = clusterRunner(cluster, io);
    const report = (status: TaskStatus) =>
      void (command.json
        ? io.stdout.write(`${toMesosJson(TaskStatus, status)}\n`)
        : io.stderr.write(`${statusLine(status)}\n`));
    const running = await runner.resume(framework, {
      taskId: task.id,
      agentId: task.agentId,
      onStatus: report,
      onNotice: (text) => void io.stderr.write(`${text}\n`),
    });
    running.kill(command.force ? { force: true } : undefined);
    // A second thought: Ctrl-C here is a kill without grace, as in berth run.
    io.onSignal(() => running.kill({ force: true }));
    await running.ended;
    await runner.close();
    return 0;
  } finally {
    await cluster.close();
  }
}

/** Why this task is not for us to kill; undefined when it is. */
export function notOurs({ task, framework, completed }: FoundTask): string | undefined {
  if (completed || isTerminalState(task.state as TaskStatus["state"])) {
    return `task ${task.id} has ended already: ${task.state}`;
  }
  const owner = `framework ${framework.name} (${framework.id})`;
  if (framework.name !== frameworkName) {
    return `task ${task.id} belongs to ${owner}: a master takes a kill from that framework only, so ask it`;
  }
  if (framework.connected) {
    return `task ${task.id} belongs to a berth run that is still there (${framework.id}, user ${framework.user}): end it there with Ctrl-C`;
  }
  return undefined;
}
