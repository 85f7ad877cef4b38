import { isTerminalState } from "@berth/proto";
import { setTimeout as delay } from "node:timers/promises";
import { isMesosClientError } from "@berth/mesos-client";
import type { TaskState } from "@berth/proto/v1";
import type { ParsedCommand } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { type Cluster, openCluster } from "../cluster/cluster.ts";
import { findTask, type FoundTask } from "../cluster/find-task.ts";
import { sandboxFiles } from "../cluster/sandbox-files.ts";
import { AgentFileFollower } from "../output/agent-file-follower.ts";
import { JsonLines } from "../output/json-lines.ts";
import { tailOffset } from "../output/tail-offset.ts";

type LogsCommand = Extract<ParsedCommand, { command: "logs" }>;

const pollMs = 500;

/** `berth logs`: what a task has written, through its agent. */
export async function logsCommand(command: LogsCommand, io: CliIo): Promise<number> {
  const cluster = await openCluster(command.cluster, io);
  try {
    const found = findTask(await cluster.state(), command.name);
    if (found.agent === undefined) {
      throw new CliError(
        "environment",
        `the agent of task ${found.task.id} (${found.task.agentId}) is not there any more`,
      );
    }
    const agent = cluster.agent(found.agent.url);
    const stream = command.stderr ? "stderr" : "stdout";
    const file = `${await sandboxFiles(agent, sandboxIds(found))}/${stream}`;
    const offset = command.tail === undefined ? 0 : await tailOffset(agent, file, command.tail);
    const json = command.json ? new JsonLines(stream, (text) => io.stdout.write(text)) : undefined;
    const follower = new AgentFileFollower(agent, file, json ?? io.stdout, offset);
    const there = command.follow ? await follow(cluster, command, found, follower, io) : await follower.advance();
    if (!there)
      throw new CliError(
        "task",
        `${found.agent.url} has no ${stream} of task ${found.task.id}: it has written none, or its sandbox is gone`,
      );
    await json?.finish();
    return 0;
  } finally {
    await cluster.close();
  }
}

function sandboxIds({ task, framework }: FoundTask) {
  return {
    agentId: task.agentId,
    frameworkId: framework.id,
    executorId: task.executorId || task.id,
    containerId: task.statuses.findLast(({ containerId }) => containerId !== undefined)?.containerId,
  };
}

/** Until the task has ended and everything has been shown, or nobody reads any more. */
async function follow(
  cluster: Cluster,
  command: LogsCommand,
  found: FoundTask,
  follower: AgentFileFollower,
  io: CliIo,
): Promise<boolean> {
  for (;;) {
    // Asked before the last look at the file: what comes between the two is seen.
    const ended = await hasEnded(cluster, command, found);
    const there = await follower.advance();
    if (ended || io.stdout.gone.aborted) return there;
    await delay(pollMs);
  }
}

async function hasEnded(cluster: Cluster, command: LogsCommand, { framework }: FoundTask): Promise<boolean> {
  try {
    const now = findTask(await cluster.state(), { ...command.name, framework: framework.id });
    return now.completed || isTerminalState(now.task.state as TaskState);
  } catch (error) {
    // Unknown is not ended; a master that has forgotten the task tells nothing any more.
    if (error instanceof CliError) return error.code === "task";
    if (isMesosClientError(error)) return false;
    throw error;
  }
}
