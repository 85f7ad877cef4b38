import { randomUUID } from "node:crypto";
import type { ContainerConfig, Containerizer, ContainerTermination, LaunchOutcome } from "@berth/containerizer";
import type { ContainerID, TaskStatus } from "@berth/proto/v1";
import type { RunningTask, RunTaskRequest, TaskEnd } from "./task-runner.ts";
import { isTerminalState } from "./terminal-state.ts";

/** One task from the call of launch to its end. */
export class LocalTask implements RunningTask {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly containerId: string;
  readonly sandboxDirectory: string;
  readonly ended: Promise<TaskEnd>;
  readonly #ended = Promise.withResolvers<TaskEnd>();
  readonly #containerizer: Pick<Containerizer, "launch" | "wait" | "killTask">;
  readonly #now: () => number;
  readonly #containerId: ContainerID;
  readonly #config: ContainerConfig;
  readonly #request: RunTaskRequest;
  #last: TaskStatus | undefined;

  constructor(
    containerizer: Pick<Containerizer, "launch" | "wait" | "killTask">,
    options: { readonly now: () => number },
    containerId: ContainerID,
    config: ContainerConfig,
    request: RunTaskRequest,
  ) {
    this.#containerizer = containerizer;
    this.#now = options.now;
    this.#containerId = containerId;
    this.#config = config;
    this.#request = request;
    this.agentId = config.agentId;
    this.frameworkId = config.frameworkId;
    this.containerId = containerId.value ?? "";
    this.sandboxDirectory = config.directory;
    this.ended = this.#ended.promise;
  }

  /** Call once. Statuses may come before it returns. */
  start(): void {
    this.#run().then(this.#ended.resolve, this.#ended.reject);
  }

  kill(kill?: Parameters<RunningTask["kill"]>[0]): void {
    void this.#containerizer.killTask(this.#containerId, kill).catch(() => undefined); // an unknown id has ended
  }

  async #run(): Promise<TaskEnd> {
    const launching = this.#containerizer.launch(this.#containerId, this.#config, {
      onTaskStatus: (status) => this.#report(status),
      onProgress: this.#request.onProgress,
    });
    // In the same tick: the termination goes to those who wait when it comes, and a short task is quick.
    const ending = this.#containerizer.wait(this.#containerId);
    const failure = await launching.then(refusedOutcome, (error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    const termination = await ending.catch(() => undefined);
    const status = this.#terminal(failure, termination);
    return {
      status,
      exitCode: termination?.exitCode,
      killSignal: termination?.killSignal,
      outOfMemory: termination?.outOfMemory ?? false,
    };
  }

  /** The task's own last status; made here, like an agent does, when whoever ran it could not send one. */
  #terminal(failure: string | undefined, termination: ContainerTermination | undefined): TaskStatus {
    if (this.#last !== undefined && isTerminalState(this.#last.state)) return this.#last;
    const launchFailed = failure !== undefined;
    const reason = launchFailed ? "REASON_CONTAINER_LAUNCH_FAILED" : "REASON_EXECUTOR_TERMINATED";
    const message = launchFailed ? `Failed to launch container: ${failure}` : "Executor terminated";
    const status: TaskStatus = {
      taskId: this.#config.taskInfo?.taskId,
      state: termination?.state ?? "TASK_FAILED",
      source: "SOURCE_AGENT",
      reason: termination?.reason ?? reason,
      message: termination?.message ?? message,
      agentId: { value: this.agentId },
      executorId: { value: this.#config.executorId },
      timestamp: this.#now() / 1000,
      uuid: Uint8Array.from(Buffer.from(randomUUID().replaceAll("-", ""), "hex")),
      containerStatus: { containerId: this.#containerId },
    };
    this.#report(status);
    return status;
  }

  #report(status: TaskStatus): void {
    this.#last = status;
    this.#request.onStatus(status);
  }
}

function refusedOutcome(outcome: LaunchOutcome): string | undefined {
  if (outcome === "launched") return undefined;
  if (outcome === "already-launched") return "the container id is in use";
  return "no containerizer here runs such a task; set container.type to DOCKER";
}
