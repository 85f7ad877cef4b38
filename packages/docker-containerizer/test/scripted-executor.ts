import type {
  ContainerPlan,
  PlanResult,
  DockerExecutor,
  DockerExecutorHooks,
  DockerLaunch,
  DockerRun,
  DockerTermination,
} from "@berth/docker-executor";
import type { TaskState, TaskStatus } from "@berth/proto/v1";

/** Fulfils the executor's contract without an engine: prepares, runs until it is ended, obeys kill and destroy. */
export class ScriptedExecutor implements Pick<DockerExecutor, "plan" | "launch" | "close"> {
  readonly launches: DockerLaunch[] = [];
  readonly images: string[] = [];
  /** What the task's parameters say. */
  parameters: Pick<ContainerPlan, "platform" | "pull"> = { platform: undefined };

  /** What the container is created with. */
  memoryBytes: number | undefined;

  plan(): PlanResult {
    const body = { Image: "i", HostConfig: { ...(this.memoryBytes !== undefined && { Memory: this.memoryBytes }) } };
    return { ok: true, plan: { containerName: "n", body, warnings: [], ...this.parameters } };
  }

  launch(launch: DockerLaunch, hooks: DockerExecutorHooks): DockerRun {
    this.launches.push(launch);
    const abort = new AbortController();
    const launched = Promise.withResolvers<{ engineContainerId: string; pid: number }>();
    const terminated = Promise.withResolvers<DockerTermination>();
    let running = false;
    const end = (state: TaskState, message: string) => {
      running = false;
      const status: TaskStatus = { state, message };
      hooks.onStatus(status);
      launched.reject(new Error(message));
      terminated.resolve({ status, outOfMemory: false });
    };
    launched.promise.catch(() => undefined);
    hooks.onStatus({ state: "TASK_STARTING" });
    const prepared = hooks.prepare(abort.signal).then(
      ({ image }) => {
        this.images.push(image);
        running = true;
        hooks.onStatus({ state: "TASK_RUNNING", containerStatus: { networkInfos: [{ name: "net" }] } });
        launched.resolve({ engineContainerId: "engine-id", pid: 4242 });
      },
      (error: Error) =>
        end(abort.signal.aborted ? "TASK_KILLED" : "TASK_FAILED", `Failed to launch container: ${error.message}`),
    );
    const stop = async () => {
      abort.abort();
      await prepared;
      if (running) end("TASK_KILLED", "Container killed by the executor");
      return terminated.promise;
    };
    return {
      containerName: `mesos-${launch.agentId}.${launch.containerId}`,
      launched: launched.promise,
      terminated: terminated.promise,
      kill: () => void stop(),
      destroy: stop,
      pid: () => (running ? 4242 : undefined),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
