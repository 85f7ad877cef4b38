import { isTerminalState } from "@berth/proto";
import { randomUUID } from "node:crypto";
import type { Containerizer, LaunchProgress } from "@berth/containerizer";
import type { Log } from "@berth/log";
import type { KillPolicy, TaskStatus } from "@berth/proto/v1";
import type { AgentStore } from "../checkpoint/agent-store.ts";
import type { Counters } from "../counters.ts";
import type { Drain } from "../drain.ts";
import type { Outbox } from "../outbox.ts";
import { ProgressThrottle, wantsProgress } from "../progress.ts";
import type { SandboxRoots } from "../sandbox-roots.ts";
import {
  completeExecutorStatus,
  completeOwnStatus,
  type OwnStatus,
  type StatusContext,
} from "../status/complete-status.ts";
import { toStatusUpdate } from "../status/to-status-update.ts";
import type { UpdatesDesk } from "../status/updates-desk.ts";
import type { Timers } from "../timers.ts";
import { shutdownGrace } from "./kill-policy.ts";
import { type PreparedTask, prepareTask } from "./prepare-task.ts";
import { containerConfig, runContainer } from "./run-container.ts";
import { type TaskEffect, type TaskEvent, taskTransition } from "./task-life.ts";
import type { TaskRun } from "./task-run.ts";

export interface TaskDriverDeps {
  readonly containerizer: Pick<Containerizer, "launch" | "wait" | "destroy" | "killTask">;
  readonly desk: UpdatesDesk;
  readonly store: AgentStore;
  readonly roots: SandboxRoots;
  readonly counters: Counters;
  readonly timers: Timers;
  readonly now: () => number;
  readonly log: Log;
  readonly drain: Pick<Drain, "config">;
  readonly outbox: Pick<Outbox, "exitedExecutor" | "progress">;
  readonly onForgotten: (run: TaskRun) => void;
}

export interface TaskDriverOptions {
  readonly workDirectory: string;
  readonly switchUser: boolean;
  readonly frameworksHome?: string | undefined;
  readonly executorShutdownGracePeriodMs: number;
  readonly ip: string;
}

/** What an event brings beside its type. */
interface Particulars {
  readonly status?: TaskStatus | undefined;
  readonly killPolicy?: KillPolicy | undefined;
  readonly prepared?: PreparedTask | undefined;
}

/** Acts for tasks: does what `taskTransition` decides, and tells it what came of it. */
export class TaskDriver {
  readonly #deps: TaskDriverDeps;
  readonly #options: TaskDriverOptions;
  readonly #preparing = new Set<Promise<void>>();
  #closed = false;

  constructor(deps: TaskDriverDeps, options: TaskDriverOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** An accepted task. */
  begin(run: TaskRun): void {
    const done = this.#prepare(run).finally(() => this.#preparing.delete(done));
    this.#preparing.add(done);
  }

  dispatch(run: TaskRun, event: TaskEvent, particulars: Particulars = {}): void {
    if (this.#closed) return;
    const { life, effects } = taskTransition(run.life, event);
    run.life = life;
    for (const effect of effects) this.#act(run, effect, particulars);
  }

  /** Complete, with what only the agent knows. */
  ownStatus(own: OwnStatus, of: Omit<StatusContext, "ip" | "drain" | "timestampSeconds" | "uuid">): TaskStatus {
    return completeOwnStatus(own, this.#context(of));
  }

  /** A status of the agent's own for a task that has ended before this life. */
  async tellRecovered(run: TaskRun, own: OwnStatus): Promise<void> {
    await this.#tell(run, completeOwnStatus(own, this.#contextOf(run)));
  }

  /** Nothing is told or started any more; resolves when nothing is being made on disk. */
  async close(runs: readonly TaskRun[]): Promise<void> {
    this.#closed = true;
    for (const run of runs) this.#release(run);
    await Promise.all(this.#preparing);
  }

  #act(run: TaskRun, effect: TaskEffect, { status, killPolicy, prepared }: Particulars): void {
    switch (effect.type) {
      case "launch":
        if (prepared === undefined) return;
        return void this.#launch(run, prepared).catch((error: unknown) =>
          this.#deps.log.error("the launch of a task broke off", { ...run.key, error }),
        );
      case "kill":
        return this.#kill(run, killPolicy);
      case "shut-down":
        return this.#shutDown(run);
      case "tell-status":
        if (status === undefined) return;
        return void this.#tell(run, completeExecutorStatus(status, this.#contextOf(run)));
      case "tell-own":
        return void this.#tell(run, completeOwnStatus(effect.status, this.#contextOf(run)));
      case "drop-status":
        return this.#deps.counters.add("slave/invalid_status_updates");
      case "tell-exited-executor":
        return this.#deps.outbox.exitedExecutor(run.key);
      case "count-launch-error":
        return this.#deps.counters.add("slave/container_launch_errors");
      case "forget":
        this.#release(run);
        return this.#deps.onForgotten(run);
    }
  }

  async #prepare(run: TaskRun): Promise<void> {
    try {
      const prepared = await prepareTask(run, this.#deps.store, this.#options);
      run.directory = prepared.directory;
      this.#deps.roots.attach(run);
      this.dispatch(run, { type: "prepared" }, { prepared });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#deps.log.warn("a task cannot be launched", { ...run.key, error });
      this.dispatch(run, { type: "preparation-failed", message });
    }
  }

  async #launch(run: TaskRun, prepared: PreparedTask): Promise<void> {
    const config = containerConfig(run, prepared, this.#options.frameworksHome);
    const end = await runContainer(this.#deps, run, config, {
      onTaskStatus: (status) => this.#receive(run, status),
      onProgress: wantsProgress(run.framework.info) ? (progress) => this.#progress(run, progress) : undefined,
    });
    if (end !== undefined) this.dispatch(run, { type: "settled", ...end });
  }

  #receive(run: TaskRun, status: TaskStatus): void {
    if (status.state === undefined) return this.#deps.counters.add("slave/invalid_status_updates");
    if (!this.#closed) run.progress?.flush();
    this.dispatch(run, { type: "status", state: status.state }, { status });
  }

  #progress(run: TaskRun, progress: LaunchProgress): void {
    if (this.#closed || run.life.silenced || isTerminalState(run.life.state)) return;
    const { timers, now, outbox } = this.#deps;
    run.progress ??= new ProgressThrottle({ timers, now, send: (each) => outbox.progress(run.key, each) });
    run.progress.add(progress);
  }

  #kill(run: TaskRun, killPolicy: KillPolicy | undefined): void {
    void this.#deps.containerizer
      .killTask({ value: run.place.containerId }, killPolicy === undefined ? {} : { killPolicy })
      .catch((error: unknown) => this.#deps.log.error("a task cannot be killed", { ...run.key, error }));
  }

  #shutDown(run: TaskRun): void {
    if (run.shuttingDown) return;
    run.shuttingDown = true;
    const { killPolicy, destroyAfterMs } = shutdownGrace(run.info, this.#options.executorShutdownGracePeriodMs);
    this.#kill(run, killPolicy);
    run.cancelDestroy = this.#deps.timers.start(destroyAfterMs, () => {
      void this.#deps.containerizer
        .destroy({ value: run.place.containerId })
        .catch((error: unknown) => this.#deps.log.error("a container cannot be destroyed", { ...run.key, error }));
    });
  }

  /** Its timers stop. */
  #release(run: TaskRun): void {
    run.progress?.stop();
    run.progress = undefined;
    run.cancelDestroy?.();
    run.cancelDestroy = undefined;
  }

  async #tell(run: TaskRun, status: TaskStatus): Promise<void> {
    const { counters, desk, log } = this.#deps;
    const { frameworkId, taskId, place } = run;
    const { state, reason, message } = status;
    log.info("a task has a new state", { frameworkId, taskId, containerId: place.containerId, state, reason, message });
    run.record(status);
    counters.add("slave/valid_status_updates");
    if (state !== undefined && isTerminalState(state)) counters.addTerminal(state);
    const checkpointDirectory = run.stored ? run.place.checkpointDirectory : undefined;
    try {
      await desk.deliver(toStatusUpdate(frameworkId, status), checkpointDirectory);
    } catch (error) {
      log.error("a status cannot be sent", { ...run.key, state, error });
    }
  }

  #contextOf(run: TaskRun): StatusContext {
    return this.#context({
      agentId: run.place.agentId,
      taskId: run.taskId,
      executorId: run.taskId,
      containerId: run.place.containerId,
      framework: run.framework.info,
    });
  }

  #context(of: Omit<StatusContext, "ip" | "drain" | "timestampSeconds" | "uuid">): StatusContext {
    return {
      ...of,
      ip: this.#options.ip,
      drain: this.#deps.drain.config,
      timestampSeconds: this.#deps.now() / 1000,
      uuid: Buffer.from(randomUUID().replaceAll("-", ""), "hex"),
    };
  }
}
