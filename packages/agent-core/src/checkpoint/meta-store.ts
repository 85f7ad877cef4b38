import { rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { SlaveInfo } from "@berth/proto/internal";
import { DrainConfig, FrameworkInfo, Resource, Task } from "@berth/proto/v1";
import type { AgentStore, RunKey } from "./agent-store.ts";
import { FolderGates } from "./folder-gates.ts";
import { loadAgent } from "./load-agent.ts";
import { writeMessages } from "./message-file.ts";
import { MetaPaths } from "./meta-paths.ts";
import { relink, removeFile, writeAtomically } from "./write-atomically.ts";

/** `<work_dir>/meta`. */
export function createMetaStore(metaDirectory: string): AgentStore {
  const paths = new MetaPaths(metaDirectory);
  /** By framework. */
  const gates = new FolderGates();

  function runDirectory({ agentId, frameworkId, executorId, containerId }: RunKey): string {
    return paths.run(agentId, frameworkId, executorId, containerId);
  }

  function taskDirectory(key: RunKey): string {
    return path.join(runDirectory(key), "tasks", key.taskId);
  }

  return {
    load: () => loadAgent(paths),
    async saveAgent(info) {
      const agentId = info.id?.value ?? "";
      await writeMessages(paths.slaveInfo(agentId), SlaveInfo, [info]);
      await relink(paths.latest, agentId);
    },
    async saveResources(resources) {
      await writeMessages(paths.resources, Resource, resources);
    },
    async saveDrain(agentId, drain) {
      if (drain === undefined) await removeFile(paths.drain(agentId));
      else await writeMessages(paths.drain(agentId), DrainConfig, [drain]);
    },
    async saveFramework(agentId, info, pid) {
      const directory = paths.framework(agentId, info.id?.value ?? "");
      await gates.write(directory, async () => {
        await writeAtomically(path.join(directory, "framework.pid"), Buffer.from(pid ?? "@0.0.0.0:0"));
        await writeMessages(path.join(directory, "framework.info"), FrameworkInfo, [info]);
      });
    },
    async saveTask(key, task) {
      await gates.write(paths.framework(key.agentId, key.frameworkId), () =>
        writeMessages(path.join(taskDirectory(key), "task.info"), Task, [task]),
      );
    },
    taskDirectory,
    async forgetRun(key) {
      const run = runDirectory(key);
      await gates.remove(paths.framework(key.agentId, key.frameworkId), async () => {
        await rm(run, { recursive: true, force: true });
        // The folders around it, unless another run of the same executor has come.
        for (const each of [path.dirname(run), path.dirname(path.dirname(run))]) await removeEmpty(each);
      });
    },
    async forgetFramework(agentId, frameworkId) {
      const directory = paths.framework(agentId, frameworkId);
      await gates.remove(directory, () => rm(directory, { recursive: true, force: true }));
    },
  };
}

async function removeEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
  });
}
