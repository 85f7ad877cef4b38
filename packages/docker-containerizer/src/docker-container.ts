import {
  type ContainerConfig,
  ContainerizerError,
  type ContainerTermination,
  type LaunchHooks,
} from "@berth/containerizer";
import type {
  ContainerPlan,
  DockerExecutor,
  DockerLaunch,
  DockerRun,
  DockerTermination,
  PreparedImage,
} from "@berth/docker-executor";
import type { FetchProgress, Fetcher } from "@berth/fetcher";
import type { ImagePuller, PullProgress } from "@berth/image-puller";
import type { ContainerStatus, Resource, TaskInfo, TaskStatus, Value_Scalar } from "@berth/proto/v1";
import { type ContainerEvent, type ContainerState, initialState, transition } from "./container-state.ts";
import { toTermination } from "./termination.ts";

export interface DockerContainerDeps {
  readonly fetcher: Pick<Fetcher, "fetch">;
  readonly puller: Pick<ImagePuller, "ensure">;
  readonly executor: Pick<DockerExecutor, "plan" | "launch">;
}

/** What happens while a Docker container is made ready. */
export type DockerLaunchDetail = FetchProgress | PullProgress;

/** What the record needs beside the contract's config. */
export interface DockerContainerConfig extends ContainerConfig {
  readonly containerId: string;
  readonly taskInfo: TaskInfo;
  readonly image: string;
}

/** One container from launch to termination: feeds the state machine and does what it says. */
export class DockerContainer {
  readonly config: DockerContainerConfig;
  /** Answers the launch; rejects with ContainerizerError. */
  readonly launched: Promise<"launched">;
  readonly terminated: Promise<ContainerTermination>;
  resources: readonly Resource[];
  limits: Readonly<Record<string, Value_Scalar>> | undefined;
  /** The memory limit that the engine holds it to now, which an update may have left as it was; undefined for none. */
  memoryHardBytes: number | undefined;
  /** Updates go to the engine one after the other. */
  updating: Promise<unknown> = Promise.resolve();
  readonly #deps: DockerContainerDeps;
  readonly #hooks: LaunchHooks;
  readonly #launched = Promise.withResolvers<"launched">();
  readonly #terminated = Promise.withResolvers<ContainerTermination>();
  #state: ContainerState = initialState;
  #run: DockerRun | undefined;
  #destroying: Promise<unknown> | undefined;
  #engineContainerId: string | undefined;
  #containerStatus: ContainerStatus | undefined;

  constructor(config: DockerContainerConfig, hooks: LaunchHooks, deps: DockerContainerDeps) {
    this.config = config;
    this.resources = config.resources;
    this.limits = config.limits;
    this.#hooks = hooks;
    this.#deps = deps;
    this.launched = this.#launched.promise;
    this.terminated = this.#terminated.promise;
  }

  /** Starts the task. Call once. */
  start(): void {
    const { config } = this;
    const launch: DockerLaunch = {
      agentId: config.agentId,
      frameworkId: config.frameworkId,
      executorId: config.executorId,
      containerId: config.containerId,
      task: config.taskInfo,
      sandboxDirectory: config.directory,
      owner: config.owner,
      environment: config.environment,
      taskKillingState: config.taskKillingState,
    };
    const planned = this.#deps.executor.plan(launch);
    if (planned.ok) this.memoryHardBytes = planned.plan.body.HostConfig?.Memory;
    const pull = pullWish(config, planned.ok ? planned.plan : undefined);
    const run = this.#deps.executor.launch(launch, {
      onStatus: (status) => this.#report(status),
      prepare: (signal) => this.#prepare(pull, signal),
      restoreImage: (signal) => this.#ensureImage({ ...pull, force: false }, signal),
    });
    this.#run = run;
    run.launched.then(
      ({ engineContainerId }) => {
        this.#engineContainerId = engineContainerId;
        this.#dispatch({ type: "launched" });
      },
      () => undefined, // the termination follows and says why
    );
    void run.terminated.then((termination) => this.#dispatch({ type: "terminated" }, termination));
  }

  /** Ends the task by its kill policy. */
  kill(kill?: Parameters<DockerRun["kill"]>[0]): void {
    this.#run?.kill(kill);
  }

  /** Resolves when nothing is left in the engine; those who wait are told as soon as it has ended. */
  async destroy(): Promise<ContainerTermination> {
    this.#dispatch({ type: "destroy-requested" });
    await this.#destroying;
    return this.terminated;
  }

  /** The container's id in the engine and its first process; undefined unless it runs. */
  running(): { readonly engineContainerId: string; readonly pid: number } | undefined {
    const pid = this.#run?.pid();
    if (this.#state.phase !== "RUNNING" || pid === undefined || this.#engineContainerId === undefined) return undefined;
    return { engineContainerId: this.#engineContainerId, pid };
  }

  status(): ContainerStatus {
    const pid = this.#run?.pid();
    return {
      ...this.#containerStatus,
      containerId: { value: this.config.containerId },
      ...(pid !== undefined && { executorPid: pid }),
    };
  }

  async #prepare(pull: PullWish, signal: AbortSignal): Promise<PreparedImage> {
    const { config } = this;
    // Before the pull, so that a fetched .dockercfg is there when credentials are looked for.
    await this.#deps.fetcher.fetch({
      containerId: config.containerId,
      uris: config.commandInfo.uris ?? [],
      sandboxDirectory: config.directory,
      user: config.owner,
      frameworksHome: config.frameworksHome,
      onProgress: (detail) => this.#hooks.onProgress?.({ phase: "fetching", detail }),
      signal,
    });
    this.#dispatch({ type: "fetched" });
    const image = pull.never ? { image: config.image } : await this.#ensureImage(pull, signal);
    this.#dispatch({ type: "pulled" });
    return image;
  }

  async #ensureImage(pull: PullWish, signal: AbortSignal): Promise<PreparedImage> {
    if (pull.never) throw new Error(`image ${this.config.image} is not here, and the parameter pull is "never"`);
    const { reference } = await this.#deps.puller.ensure({
      image: this.config.image,
      forcePull: pull.force,
      platform: pull.platform,
      sandboxDirectory: this.config.directory,
      onProgress: (detail) => this.#hooks.onProgress?.({ phase: "pulling", detail }),
      signal,
    });
    return { image: reference };
  }

  #report(status: TaskStatus): void {
    if (status.containerStatus !== undefined) this.#containerStatus = status.containerStatus;
    this.#hooks.onTaskStatus?.(status);
  }

  #dispatch(event: Exclude<ContainerEvent, { type: "terminated" }>): void;
  #dispatch(event: { readonly type: "terminated" }, termination: DockerTermination): void;
  #dispatch(event: ContainerEvent, termination?: DockerTermination): void {
    const { state, effects } = transition(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === "destroy") this.#destroying = this.#run?.destroy();
      else if (effect.type === "answer-launch") this.#answer(effect.answer, termination);
      else if (termination !== undefined) {
        this.#terminated.resolve(toTermination(termination, effect.destroyedDuring));
      }
    }
  }

  #answer(answer: "launched" | "failed" | "destroyed", termination: DockerTermination | undefined): void {
    if (answer === "launched") return this.#launched.resolve("launched");
    const message = termination?.status.message ?? "Failed to launch container";
    const code = answer === "failed" ? "launch-failed" : "destroyed";
    this.#launched.reject(new ContainerizerError(code, message, this.config.containerId));
  }
}

interface PullWish {
  readonly force: boolean;
  readonly never: boolean;
  readonly platform: string | undefined;
}

/** The parameters `pull` and `platform` are options of `docker run` that the create request has no field for. */
function pullWish(config: DockerContainerConfig, plan: ContainerPlan | undefined): PullWish {
  const forced = config.taskInfo.container?.docker?.forcePullImage === true;
  return {
    force: plan?.pull === undefined ? forced : plan.pull === "always",
    never: plan?.pull === "never",
    platform: plan?.platform,
  };
}
