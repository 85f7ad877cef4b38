import {
  type ContainerConfig,
  type Containerizer,
  ContainerizerError,
  type ContainerTermination,
  type LaunchHooks,
  type LaunchOutcome,
} from "@berth/containerizer";
import type { ContainerID, KillPolicy, TaskState, TaskStatus } from "@berth/proto/v1";

/** A container whose test says what happens to it. */
export class ScriptedContainer {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly hooks: LaunchHooks;
  readonly kills: (KillPolicy | undefined)[] = [];
  destroyed = false;
  readonly launch = Promise.withResolvers<LaunchOutcome>();
  readonly termination = Promise.withResolvers<ContainerTermination | undefined>();

  constructor(id: string, config: ContainerConfig, hooks: LaunchHooks) {
    this.id = id;
    this.config = config;
    this.hooks = hooks;
    this.launch.promise.catch(() => undefined);
  }

  report(state: TaskState, more: TaskStatus = {}): void {
    this.hooks.onTaskStatus?.({ taskId: this.config.taskInfo?.taskId, state, ...more });
  }

  /** As a task that runs at once. */
  run(): void {
    this.report("TASK_STARTING");
    this.launch.resolve("launched");
    this.report("TASK_RUNNING", { data: Buffer.from("[{}]") });
  }

  end(state: TaskState | undefined, termination: ContainerTermination = {}): void {
    if (state !== undefined) this.report(state);
    this.launch.resolve("launched");
    this.termination.resolve({ ...(state !== undefined && { state }), ...termination });
  }

  fail(message: string): void {
    this.launch.reject(new ContainerizerError("launch-failed", message, this.id));
    this.termination.resolve(undefined);
  }
}

/** Does what the test says; by default it only remembers. */
export class ScriptedContainerizer implements Containerizer {
  readonly name = "scripted";
  readonly all: ScriptedContainer[] = [];
  onLaunch: (container: ScriptedContainer) => void = () => {};
  onKill: (container: ScriptedContainer) => void = () => {};
  onDestroy: (container: ScriptedContainer) => void = (container) => container.end("TASK_KILLED");
  readonly #live = new Map<string, ScriptedContainer>();

  of(taskId: string): ScriptedContainer {
    const found = this.all.findLast((each) => each.config.executorId === taskId);
    if (found === undefined) throw new Error(`no container of ${taskId}`);
    return found;
  }

  async recover(): Promise<void> {}

  launch(containerId: ContainerID, config: ContainerConfig, hooks: LaunchHooks = {}): Promise<LaunchOutcome> {
    const container = new ScriptedContainer(containerId.value ?? "", config, hooks);
    this.all.push(container);
    this.#live.set(container.id, container);
    void container.termination.promise.then(() => this.#live.delete(container.id));
    this.onLaunch(container);
    return container.launch.promise;
  }

  async wait(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    return await this.#live.get(containerId.value ?? "")?.termination.promise;
  }

  async destroy(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    const container = this.#live.get(containerId.value ?? "");
    if (container === undefined) return undefined;
    container.destroyed = true;
    this.onDestroy(container);
    return await container.termination.promise;
  }

  async killTask(containerId: ContainerID, kill: { killPolicy?: KillPolicy | undefined } = {}): Promise<boolean> {
    const container = this.#live.get(containerId.value ?? "");
    if (container === undefined) return false;
    container.kills.push(kill.killPolicy);
    this.onKill(container);
    return true;
  }

  async update(): Promise<void> {}

  usage(containerId: ContainerID): Promise<never> {
    return Promise.reject(new ContainerizerError("unknown-container", "unknown", containerId.value ?? ""));
  }

  async status(containerId: ContainerID) {
    return { containerId };
  }

  async containers(): Promise<readonly ContainerID[]> {
    return [...this.#live.keys()].map((value) => ({ value }));
  }

  async close(): Promise<void> {}
}
