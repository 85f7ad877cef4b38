import { cpus, totalmem } from "node:os";
import type { CgroupLocation, CgroupReader, CgroupUsage } from "@berth/cgroups";
import {
  type ContainerConfig,
  containerIdKey,
  type Containerizer,
  ContainerizerError,
  type ContainerTermination,
  isNested,
  type LaunchHooks,
  type LaunchOutcome,
  type RecoverableContainer,
} from "@berth/containerizer";
import type { DockerExecutor } from "@berth/docker-executor";
import type { ContainerCalls } from "@berth/engine-client";
import type { ContainerID, ContainerStatus, Resource, ResourceStatistics } from "@berth/proto/v1";
import { DockerContainer, type DockerContainerDeps } from "./docker-container.ts";
import { type Limits, resourceAmounts } from "./resource-amounts.ts";
import { updateBody } from "./update.ts";
import { type HostCapacity, resourceStatistics } from "./usage.ts";

export interface DockerContainerizerDeps extends DockerContainerDeps {
  readonly executor: Pick<DockerExecutor, "plan" | "launch" | "close">;
  readonly engine: { readonly containers: Pick<ContainerCalls, "update"> };
  readonly cgroups: Pick<CgroupReader, "locate" | "usage">;
}

export interface DockerContainerizerOptions {
  /** Milliseconds since the epoch, for the time stamps of statistics. */
  readonly now: () => number;
  /** `--cgroups_enable_cfs`: a task without a cpu limit is held to its request. Default false. */
  readonly cgroupsEnableCfs?: boolean | undefined;
  /** What stands in for an infinite limit in statistics. Default: this machine's. */
  readonly host?: HostCapacity | undefined;
}

/** Runs Docker images: fetcher, puller and executor put together. Does no I/O before the first launch. */
export function createDockerContainerizer(
  deps: DockerContainerizerDeps,
  options: DockerContainerizerOptions,
): Containerizer {
  return new DockerContainerizer(deps, options);
}

class DockerContainerizer implements Containerizer {
  readonly name = "docker";
  readonly #deps: DockerContainerizerDeps;
  readonly #options: DockerContainerizerOptions;
  readonly #containers = new Map<string, DockerContainer>();
  #closed = false;
  readonly #locations = new WeakMap<DockerContainer, { readonly pid: number; readonly location: CgroupLocation }>();

  constructor(deps: DockerContainerizerDeps, options: DockerContainerizerOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  async recover(containers: readonly RecoverableContainer[]): Promise<void> {
    const ours = containers.find(({ config }) => config.containerInfo?.type === "DOCKER");
    if (ours === undefined) return;
    throw new ContainerizerError(
      "unsupported",
      "Docker containers of an earlier life cannot be taken up yet; end them, or start with an empty checkpoint",
      containerIdKey(ours.containerId),
    );
  }

  async launch(containerId: ContainerID, config: ContainerConfig, hooks: LaunchHooks = {}): Promise<LaunchOutcome> {
    const key = containerIdKey(containerId);
    if (this.#closed) throw new ContainerizerError("closed", "The containerizer has been closed", key);
    if (isNested(containerId)) {
      throw new ContainerizerError("unsupported", "Nested containers are not supported", key);
    }
    if (this.#containers.has(key)) return "already-launched";
    const container = config.containerInfo;
    if (container?.type !== "DOCKER") return "not-supported";
    if (config.taskInfo === undefined) {
      throw new ContainerizerError("unsupported", "custom executors in Docker containers are not supported yet", key);
    }
    const image = container.docker?.image ?? "";
    const record = new DockerContainer(
      { ...config, taskInfo: config.taskInfo, containerId: key, image },
      hooks,
      this.#deps,
    );
    this.#containers.set(key, record);
    void record.terminated.then(() => this.#containers.delete(key));
    record.start();
    record.launched.then(
      () => this.#catchUp(containerId, record, config),
      () => undefined, // the caller's to hear
    );
    return record.launched;
  }

  async wait(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    return this.#containers.get(containerIdKey(containerId))?.terminated;
  }

  async destroy(containerId: ContainerID): Promise<ContainerTermination | undefined> {
    return this.#containers.get(containerIdKey(containerId))?.destroy();
  }

  async killTask(containerId: ContainerID, kill?: Parameters<Containerizer["killTask"]>[1]): Promise<boolean> {
    const record = this.#containers.get(containerIdKey(containerId));
    record?.kill(kill);
    return record !== undefined;
  }

  async update(containerId: ContainerID, resources: readonly Resource[], limits?: Limits): Promise<void> {
    const record = this.#find(containerId);
    record.resources = resources;
    record.limits = limits;
    const turn = record.updating.then(() => this.#apply(containerId, record));
    record.updating = turn.catch(() => undefined); // told to who asked for it
    return turn;
  }

  /** An update that came before the container ran has been remembered; the create request had the resources of the launch. */
  #catchUp(containerId: ContainerID, record: DockerContainer, launched: ContainerConfig): void {
    if (record.resources === launched.resources && record.limits === launched.limits) return;
    // Whoever asked has had the answer: what the engine refuses now, the next update tries again.
    record.updating = record.updating.then(() => this.#apply(containerId, record)).catch(() => undefined);
  }

  /** Brings the container in the engine to the record's present resources. */
  async #apply(containerId: ContainerID, record: DockerContainer): Promise<void> {
    const running = record.running();
    if (running === undefined) return; // remembered for statistics; there is nothing to change in the engine
    const cfs = this.#options.cgroupsEnableCfs ?? false;
    const usage = await this.#measure(record, running.pid);
    const body = updateBody(resourceAmounts(record.resources, record.limits, { cfs }), {
      currentMemoryHardBytes: record.memoryHardBytes,
      usage,
      hostMemoryBytes: this.#host().memoryBytes,
    });
    if (Object.keys(body).length === 0) return;
    try {
      await this.#deps.engine.containers.update(running.engineContainerId, body);
      record.memoryHardBytes = body.Memory ?? record.memoryHardBytes;
    } catch (cause) {
      if (record.running() === undefined) return; // it ended meanwhile, and its termination says so
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new ContainerizerError(
        "update-failed",
        `cannot update the container's resources: ${message}`,
        containerIdKey(containerId),
        { cause },
      );
    }
  }

  async usage(containerId: ContainerID): Promise<ResourceStatistics> {
    const record = this.#find(containerId);
    const running = record.running();
    const usage = running === undefined ? undefined : await this.#measure(record, running.pid);
    if (usage === undefined) {
      throw new ContainerizerError("not-running", "Container is not running", containerIdKey(containerId));
    }
    return resourceStatistics(usage, record.resources, record.limits, {
      nowMs: this.#options.now(),
      cfs: this.#options.cgroupsEnableCfs ?? false,
      host: this.#host(),
    });
  }

  async status(containerId: ContainerID): Promise<ContainerStatus> {
    return this.#find(containerId).status();
  }

  async containers(): Promise<readonly ContainerID[]> {
    return [...this.#containers.keys()].map((value) => ({ value }));
  }

  async close(): Promise<void> {
    // The executor lets go of its runs: nobody would ever tell us of an end.
    this.#closed = true;
    this.#containers.clear();
    await this.#deps.executor.close();
  }

  /** From the kernel's files, never from the engine: no call, no stream, for any number of containers. */
  async #measure(record: DockerContainer, pid: number): Promise<CgroupUsage | undefined> {
    const known = this.#locations.get(record);
    const location = known?.pid === pid ? known.location : await this.#deps.cgroups.locate(pid);
    if (location === undefined) return undefined;
    this.#locations.set(record, { pid, location });
    return this.#deps.cgroups.usage(location);
  }

  #host(): HostCapacity {
    return this.#options.host ?? { cpus: cpus().length, memoryBytes: totalmem() };
  }

  #find(containerId: ContainerID): DockerContainer {
    const key = containerIdKey(containerId);
    const record = this.#containers.get(key);
    if (record === undefined) throw new ContainerizerError("unknown-container", "Container not found", key);
    return record;
  }
}
