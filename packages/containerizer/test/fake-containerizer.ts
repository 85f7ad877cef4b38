import {
  type ContainerConfig,
  containerIdKey,
  type Containerizer,
  ContainerizerError,
  type ContainerTermination,
  type LaunchHooks,
  type LaunchOutcome,
} from "@berth/containerizer";
import type { ContainerID, TaskState } from "@berth/proto/v1";

interface FakeContainer {
  readonly hooks: LaunchHooks;
  readonly termination: PromiseWithResolvers<ContainerTermination>;
  memoryMegabytes: number;
  launched: boolean;
}

/** A containerizer in memory. The command's value says what happens: `run`, `exit`, `fail`. Supports one image name. */
export class FakeContainerizer implements Containerizer {
  readonly name: string;
  readonly launches: string[] = [];
  /** Runs before a launch is answered. */
  beforeAnswer: (containerId: ContainerID) => Promise<void> = () => Promise.resolve();
  readonly #world: Set<string>;
  readonly #containers = new Map<string, FakeContainer>();
  #closed = false;

  constructor(name: string, world: Set<string>) {
    this.name = name;
    this.#world = world;
  }

  recover(): Promise<void> {
    return Promise.resolve();
  }

  async launch(containerId: ContainerID, config: ContainerConfig, hooks: LaunchHooks = {}): Promise<LaunchOutcome> {
    const key = containerIdKey(containerId);
    if (this.#closed) throw new ContainerizerError("closed", "closed", key);
    if (this.#containers.has(key)) return "already-launched";
    this.launches.push(key);
    if (config.containerInfo?.docker?.image !== this.name) {
      await this.beforeAnswer(containerId);
      return "not-supported";
    }
    const container: FakeContainer = {
      hooks,
      termination: Promise.withResolvers(),
      memoryMegabytes: 64,
      launched: false,
    };
    this.#containers.set(key, container);
    this.#report(container, "TASK_STARTING");
    await this.beforeAnswer(containerId);
    await Promise.resolve();
    if (!this.#containers.has(key)) throw new ContainerizerError("destroyed", "destroyed", key);
    if (config.commandInfo.value === "fail") {
      void this.#end(key, { state: "TASK_FAILED", message: "cannot run" });
      throw new ContainerizerError("launch-failed", "cannot run", key);
    }
    container.launched = true;
    this.#world.add(key);
    this.#report(container, "TASK_RUNNING");
    if (config.commandInfo.value === "exit") void this.#end(key, { state: "TASK_FAILED", exitCode: 3 });
    return "launched";
  }

  async wait(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    return this.#containers.get(containerIdKey(containerId))?.termination.promise;
  }

  async destroy(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    return this.#end(containerIdKey(containerId), { state: "TASK_KILLED", message: "destroyed" });
  }

  async killTask(containerId: ContainerID): Promise<boolean> {
    return this.#end(containerIdKey(containerId), { state: "TASK_KILLED" }) !== undefined;
  }

  async update(containerId: ContainerID, resources: Parameters<Containerizer["update"]>[1]): Promise<void> {
    const memory = resources.find((resource) => resource.name === "mem")?.scalar?.value;
    this.#find(containerId).memoryMegabytes = memory ?? 64;
  }

  async usage(containerId: ContainerID) {
    const container = this.#find(containerId);
    if (!container.launched) throw new ContainerizerError("not-running", "not running", containerIdKey(containerId));
    return { timestamp: 1, memLimitBytes: BigInt(container.memoryMegabytes) * 1024n * 1024n };
  }

  async status(containerId: ContainerID) {
    this.#find(containerId);
    return { containerId };
  }

  containers(): Promise<readonly ContainerID[]> {
    return Promise.resolve([...this.#containers.keys()].map((value) => ({ value })));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#containers.clear();
    return Promise.resolve();
  }

  #end(
    key: string,
    termination: ContainerTermination & { state: TaskState },
  ): Promise<ContainerTermination> | undefined {
    const container = this.#containers.get(key);
    if (container === undefined) return undefined;
    this.#containers.delete(key);
    this.#world.delete(key);
    this.#report(container, termination.state);
    container.termination.resolve(termination);
    return container.termination.promise;
  }

  #report(container: FakeContainer, state: TaskState): void {
    container.hooks.onTaskStatus?.({ state });
  }

  #find(containerId: ContainerID): FakeContainer {
    const container = this.#containers.get(containerIdKey(containerId));
    if (container === undefined)
      throw new ContainerizerError("unknown-container", "unknown", containerIdKey(containerId));
    return container;
  }
}

/** A config that the fake of that name runs. */
export function fakeConfig(image: string, value = "run"): ContainerConfig {
  return {
    agentId: "agent",
    frameworkId: "framework",
    executorId: "executor",
    taskInfo: { name: "task" },
    commandInfo: { value },
    containerInfo: { type: "DOCKER", docker: { image } },
    resources: [],
    directory: "/nowhere",
    environment: {},
    taskKillingState: true,
  };
}
