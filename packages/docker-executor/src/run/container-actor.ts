import { type InspectedContainer, isEngineError } from "@berth/engine-client";
import type { DockerExecutorHooks, DockerLaunch, PreparedImage } from "../docker-executor.ts";
import { createFailure, startFailure } from "../engine/create-failure.ts";
import { killHostProcess } from "../engine/host-process.ts";
import { inspectView } from "../engine/inspect-view.ts";
import { lookUp } from "../engine/look-up.ts";
import { prepareSandboxPaths } from "../engine/sandbox-paths.ts";
import type { LifeEvent } from "../life/event.ts";
import { containerName } from "../plan/container-name.ts";
import { withVariable } from "../plan/environment.ts";
import { faultsText } from "../plan/faults-text.ts";
import { type PlannedTask, planTask } from "../plan/plan-task.ts";
import type { RunContext } from "./run-context.ts";

const killBudgetMs = 10_000;

/** Makes the engine calls of one task; each ends in one event. Decides nothing. */
export class ContainerActor {
  readonly #context: RunContext;
  readonly #launch: DockerLaunch;
  readonly #hooks: DockerExecutorHooks;
  readonly #post: (event: LifeEvent) => void;
  readonly #launching = new AbortController();
  #planned: PlannedTask;
  #planIsFinal: boolean;
  #image: PreparedImage | undefined;
  #waiting: AbortController | undefined;
  #inspected: InspectedContainer | undefined;
  engineId = "";
  /** The first process as inspect last named it, 0 for none. */
  pid = 0;
  suffix = 0;

  constructor(
    context: RunContext,
    launch: DockerLaunch,
    planned: PlannedTask,
    hooks: DockerExecutorHooks,
    post: (event: LifeEvent) => void,
  ) {
    this.#context = context;
    this.#launch = launch;
    this.#planned = planned;
    this.#hooks = hooks;
    this.#post = post;
    // Some options stand in different places for different API versions; without options there is nothing to place.
    this.#planIsFinal = (launch.task.container?.docker?.parameters ?? []).length === 0;
  }

  /** The answer that an `inspected` event is about; there while that event is dealt with. */
  get inspected(): InspectedContainer | undefined {
    return this.#inspected;
  }

  get tty(): boolean {
    return this.#planned.tty;
  }

  /** Also ends the calls that stand in the way of removing the container. */
  abortLaunch(): void {
    this.#launching.abort();
  }

  close(): void {
    this.#launching.abort();
    this.#waiting?.abort();
  }

  async prepare(): Promise<void> {
    try {
      this.#image = await this.#hooks.prepare(this.#launching.signal);
      this.#post({ type: "prepared" });
    } catch (error) {
      this.#post({ type: "prepare-failed", message: messageOf(error) });
    }
  }

  async restoreImage(): Promise<void> {
    try {
      this.#image = (await this.#hooks.restoreImage?.(this.#launching.signal)) ?? this.#image;
      this.#post({ type: "image-restored" });
    } catch (error) {
      this.#post({ type: "restore-failed", message: messageOf(error) });
    }
  }

  async create(suffix: number): Promise<void> {
    this.suffix = suffix;
    const { signal } = this.#launching;
    try {
      const refusal = await this.#completePlan();
      if (refusal !== undefined) {
        this.#post({ type: "create-failed", kind: "refused", message: refusal });
        return;
      }
      const { plan } = this.#planned;
      const name = this.#name();
      const body = {
        ...plan.body,
        Image: this.#image?.image ?? plan.body.Image,
        Env: withVariable(plan.body.Env ?? [], "MESOS_CONTAINER_NAME", name),
      };
      const { id } = await this.#context.engine.containers.create(body, { name, platform: plan.platform, signal });
      this.engineId = id;
      this.#post({ type: "created", engineId: id });
    } catch (error) {
      this.#post({ type: "create-failed", kind: createFailure(error), message: messageOf(error) });
    }
  }

  async lookUp(suffix: number): Promise<void> {
    this.suffix = suffix;
    const { containerId } = this.#launch;
    const wanted = { containerId, specHash: this.#planned.specHash };
    const result = await lookUp(this.#context.engine.containers, this.#name(), wanted);
    if (result.found === "ours" || result.found === "stale") this.engineId = result.engineId;
    this.#post({ type: "looked-up", ...result });
  }

  async wait(condition: "next-exit" | "not-running"): Promise<void> {
    this.#waiting?.abort();
    const controller = new AbortController();
    this.#waiting = controller;
    const { signal } = controller;
    // A wait that was replaced has nothing more to say.
    const post = (event: LifeEvent): void => {
      if (!signal.aborted) this.#post(event);
    };
    try {
      const onWaiting = (): void => post({ type: "wait-accepted" });
      const exit = await this.#context.engine.containers.wait(this.engineId, { condition, signal, onWaiting });
      post(exit.error === undefined ? { type: "wait-ended", exitCode: exit.exitCode } : { type: "wait-broken" });
    } catch {
      post({ type: "wait-broken" });
    }
  }

  async start(): Promise<void> {
    try {
      await this.#context.engine.containers.start(this.engineId, { signal: this.#launching.signal });
      this.#post({ type: "started" });
    } catch (error) {
      this.#post({ type: "start-failed", kind: startFailure(error), message: messageOf(error) });
    }
  }

  async inspect(): Promise<void> {
    try {
      const inspected = await this.#context.engine.containers.inspect(this.engineId);
      this.#inspected = inspected;
      this.pid = inspected.inspect.State.Pid;
      this.#post({ type: "inspected", ...inspectView(inspected.inspect) });
    } catch (error) {
      this.#post({ type: "inspected", view: isEngineError(error, "not-found") ? "gone" : "unknown" });
    } finally {
      // Some ten kilobytes that an idle container has no use for.
      this.#inspected = undefined;
    }
  }

  async stop(graceSeconds: number): Promise<void> {
    try {
      await this.#context.engine.containers.stop(this.engineId, { graceSeconds });
      this.#post({ type: "stop-answered" });
    } catch (error) {
      this.#post({ type: isEngineError(error, "not-found") ? "stop-answered" : "stop-failed" });
    }
  }

  async kill(): Promise<void> {
    try {
      await this.#context.engine.containers.kill(this.engineId, { killSignal: "SIGKILL", budgetMs: killBudgetMs });
      this.#post({ type: "kill-answered" });
    } catch (error) {
      this.#post({ type: isEngineError(error, "not-found") ? "kill-answered" : "kill-failed" });
    }
  }

  killProcess(): void {
    void killHostProcess(this.pid, this.engineId);
  }

  async remove(engineId: string): Promise<void> {
    try {
      const outcome = await this.#context.engine.containers.remove(engineId, { force: true, volumes: true });
      this.#post({ type: outcome === "in-progress" ? "remove-unsure" : "removed" });
    } catch {
      this.#post({ type: "remove-unsure" });
    }
  }

  #name(): string {
    return containerName(this.#launch.agentId, this.#launch.containerId, this.suffix);
  }

  /** What can only be known now: the engine's API version, and what the fetcher has put into the sandbox. Returns why it cannot be. */
  async #completePlan(): Promise<string | undefined> {
    if (!this.#planIsFinal) {
      const apiVersion = await this.#context.engine.negotiatedApiVersion({ signal: this.#launching.signal });
      const result = planTask(this.#launch, { ...this.#context.planSettings, apiVersion });
      if (!result.ok) return faultsText(result.faults);
      this.#planned = result.task;
      this.#planIsFinal = true;
    }
    try {
      await prepareSandboxPaths(this.#launch.sandboxDirectory, this.#planned.sandboxPaths, this.#launch.owner);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
