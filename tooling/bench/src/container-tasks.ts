import { randomUUID } from "node:crypto";
import { type Containerizer, type ContainerTermination, createSandbox } from "@berth/containerizer";
import type { TaskInfo, TaskStatus } from "@berth/proto/v1";

export interface ContainerTask {
  readonly containerId: string;
  readonly sandboxDirectory: string;
  readonly ended: Promise<ContainerTermination>;
  kill(kill?: { readonly force?: boolean }): void;
}

/** Tasks straight on a containerizer, with a sandbox each and nothing else of an agent. */
export function createContainerTasks(containerizer: Containerizer, workDirectory: string) {
  const running = new Map<string, Promise<unknown>>();
  return {
    async start(task: TaskInfo, onStatus: (status: TaskStatus) => void): Promise<ContainerTask> {
      const containerId = randomUUID();
      const executorId = task.taskId?.value ?? "";
      const ids = { agentId: "bench-S0", frameworkId: "bench-0000", executorId };
      const directory = await createSandbox({ workDirectory, ...ids, containerId });
      const config = {
        ...ids,
        taskInfo: { ...task, agentId: { value: ids.agentId } },
        commandInfo: task.command ?? {},
        containerInfo: task.container,
        resources: task.resources ?? [],
        directory,
        environment: {},
        taskKillingState: false,
      };
      const launching = containerizer.launch({ value: containerId }, config, { onTaskStatus: onStatus });
      const ended = containerizer.wait({ value: containerId }).then((termination) => termination ?? {});
      launching.catch(() => undefined); // the termination says it too
      running.set(containerId, ended);
      void ended.then(() => running.delete(containerId));
      return {
        containerId,
        sandboxDirectory: directory,
        ended,
        kill: (kill) => void containerizer.killTask({ value: containerId }, kill),
      };
    },
    /** Resolves when those that run now have ended. */
    async idle(): Promise<void> {
      await Promise.all(running.values());
    },
    async close(): Promise<void> {
      await Promise.all([...running.keys()].map((value) => containerizer.destroy({ value })));
      await Promise.all(running.values());
    },
  };
}
