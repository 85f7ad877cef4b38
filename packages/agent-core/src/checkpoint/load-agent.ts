import { readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { idFault } from "@berth/containerizer";
import { SlaveInfo } from "@berth/proto/internal";
import { DrainConfig, FrameworkInfo, Resource, Task } from "@berth/proto/v1";
import type { StoredAgent, StoredFramework, StoredRun } from "./agent-store.ts";
import { readMessages, unreadable } from "./message-file.ts";
import type { MetaPaths } from "./meta-paths.ts";

/**
 * What is below `meta`. What was not written to the end (a folder without its file) counts as not there; a file that makes no sense ends it
 * with AgentCoreError `unreadable-checkpoint`.
 */
export async function loadAgent(paths: MetaPaths): Promise<StoredAgent> {
  const resources = (await readMessages(paths.resources, Resource)) ?? [];
  const agentId = await latestAgent(paths);
  if (agentId === undefined) return { agentId, resources, drain: undefined, frameworks: [] };
  const [drain] = (await readMessages(paths.drain(agentId), DrainConfig)) ?? [];
  const frameworks: StoredFramework[] = [];
  for (const frameworkId of await foldersIn(paths.frameworks(agentId))) {
    const framework = await loadFramework(paths, agentId, frameworkId);
    if (framework !== undefined) frameworks.push(framework);
  }
  return { agentId, resources, drain, frameworks };
}

async function latestAgent(paths: MetaPaths): Promise<string | undefined> {
  const target = await readlink(paths.latest).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unreadable(paths.latest, error.message, error);
  });
  if (target === undefined) return undefined;
  // The original's link is an absolute one.
  const agentId = path.basename(target);
  if (idFault(agentId) !== undefined)
    throw unreadable(paths.latest, `it points to ${target}, which is no agent's folder`);
  const [info] = (await readMessages(paths.slaveInfo(agentId), SlaveInfo)) ?? [];
  return info === undefined ? undefined : agentId;
}

async function loadFramework(
  paths: MetaPaths,
  agentId: string,
  frameworkId: string,
): Promise<StoredFramework | undefined> {
  const directory = paths.framework(agentId, frameworkId);
  const [info] = (await readMessages(path.join(directory, "framework.info"), FrameworkInfo)) ?? [];
  if (info === undefined) return undefined;
  const pid = await readFile(path.join(directory, "framework.pid"), "utf8").catch(() => "");
  const runs: StoredRun[] = [];
  const executors = paths.executors(agentId, frameworkId);
  for (const executorId of await foldersIn(executors)) {
    for (const containerId of await foldersIn(path.join(executors, executorId, "runs"))) {
      const tasks = path.join(paths.run(agentId, frameworkId, executorId, containerId), "tasks");
      for (const taskId of await foldersIn(tasks)) {
        const taskDirectory = path.join(tasks, taskId);
        const [task] = (await readMessages(path.join(taskDirectory, "task.info"), Task)) ?? [];
        if (task === undefined) continue;
        runs.push({ key: { agentId, frameworkId, executorId, containerId, taskId }, task, directory: taskDirectory });
      }
    }
  }
  return { info, pid: pid === "" || pid.startsWith("@") ? undefined : pid, runs };
}

/** By name. Not links: what `latest` points to is there itself. */
async function foldersIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw unreadable(directory, error.message, error);
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
