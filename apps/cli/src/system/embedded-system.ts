import type { EngineEndpoint } from "@berth/engine-client";
import { silentLog } from "@berth/log";
import type { TaskInfo } from "@berth/proto/v1";
import type { CliIo } from "../cli-io.ts";
import { clusterAt } from "../cluster/cluster.ts";
import type { Machine } from "../machine.ts";
import { SandboxOutput } from "../output/sandbox-output.ts";
import { clusterRunner } from "./cluster-system.ts";
import type { TaskSystem } from "./task-system.ts";

export interface EmbeddedMachine extends Omit<Machine, "endpoint"> {
  readonly endpoint: EngineEndpoint;
}

/** A master and an agent in this process, for the time of one run. Its agent offers what the task asks for, and nothing else. */
export async function embeddedSystem(
  task: TaskInfo,
  machine: EmbeddedMachine,
  io: Pick<CliIo, "now" | "uid" | "user">,
): Promise<TaskSystem> {
  const { startEmbedded } = await import("@berth/agent");
  const system = await startEmbedded({
    ...machine,
    resources: task.resources,
    now: io.now,
    log: silentLog,
    switchUser: io.uid === 0,
  });
  const { host, port } = system.masterAddress;
  const cluster = clusterAt(`${host}:${port}`, undefined);
  const runner = clusterRunner(cluster, io);
  return {
    runner,
    sandboxLine: ({ sandboxDirectory }) => `sandbox: ${sandboxDirectory ?? "unknown"}`,
    // The files are here, and only the file system tells one that was rotated away from the one that took its name.
    openOutput: (place, _, sinks, onTrouble) =>
      Promise.resolve(new SandboxOutput(place.sandboxDirectory ?? "", sinks, onTrouble)),
    close: async () => {
      await runner.close();
      await cluster.close();
      await system.close();
    },
  };
}
