import type { AgentClient, SchedulerClient } from "@berth/mesos-client";
import type { FrameworkInfo } from "@berth/proto/v1";
import type { BackOff } from "./back-off.ts";
import type { KillWish, LifeEffect, LifeEvent, TaskLife, TimerName } from "./life/task-life.ts";
import { transition } from "./life/transition.ts";
import { Placement } from "./placement.ts";
import { Subscription } from "./subscription.ts";
import { taskEnd } from "./task-end.ts";
import type { DetachableTask, RunTaskRequest, TaskEnd, TaskPlacement } from "./task-runner.ts";

export interface MasterTaskRunnerDeps {
  readonly scheduler: SchedulerClient;
  /** Speaks to an agent; asked once a task, where its work dir is. */
  readonly connectAgent: (url: string) => Pick<AgentClient, "call" | "close">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

export type TaskListener = Pick<RunTaskRequest, "onStatus" | "onProgress" | "onNotice">;

export interface MasterTaskTimes {
  /** Without an offer that would do, until a person is told. */
  readonly noticeMs: number;
  /** Between questions to the master about a task that nothing is heard of. */
  readonly reconcileMs: number;
  /** For a task's own last status, once the master has said that it ended: agents repeat it after ten seconds. */
  readonly hearsayMs: number;
  /** For a task to end when the runner is closed. */
  readonly closeMs: number;
}

export interface MasterTaskOptions {
  readonly framework: FrameworkInfo;
  readonly times: MasterTaskTimes;
  readonly backOff: BackOff;
}

/** One task and its framework: does what `transition` decides. */
export class MasterTask implements DetachableTask {
  readonly placed: Promise<TaskPlacement | undefined>;
  readonly running: Promise<boolean>;
  readonly ended: Promise<TaskEnd>;
  readonly #running = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<TaskEnd>();
  readonly #placement: Placement;
  readonly #deps: MasterTaskRunnerDeps;
  readonly #listener: TaskListener;
  readonly #times: MasterTaskTimes;
  readonly #subscription: Subscription;
  readonly #timers = new Map<TimerName, NodeJS.Timeout>();
  #life: TaskLife;
  #frameworkId = "";
  #detached = false;

  constructor(deps: MasterTaskRunnerDeps, listener: TaskListener, life: TaskLife, options: MasterTaskOptions) {
    this.#deps = deps;
    this.#listener = listener;
    this.#times = options.times;
    this.#life = life;
    this.#placement = new Placement(deps.connectAgent);
    this.placed = this.#placement.settled;
    this.running = this.#running.promise;
    this.ended = this.#ended.promise;
    this.#subscription = new Subscription(deps.scheduler, options.framework, options.backOff, {
      onSubscribed: (again) => {
        if (again) this.#listener.onNotice?.("the master is back");
        this.#happened({ type: "subscribed", again });
      },
      onEvent: (event) => this.#happened({ type: "master", event }),
      onBroken: (why) => {
        if (this.#life.phase !== "ended") this.#listener.onNotice?.(`lost the master, trying again: ${why}`);
      },
      onRefused: (why) => this.#happened({ type: "framework-lost", why }),
    });
  }

  get frameworkId(): string {
    return this.#frameworkId;
  }

  /** Resolves when the framework is subscribed. Rejects with TaskRunnerError. */
  async start(): Promise<void> {
    this.#frameworkId = await this.#subscription.open();
  }

  kill(kill: KillWish = {}): void {
    this.#happened({ type: "kill", kill });
  }

  async detach(): Promise<void> {
    this.#detached = true;
    this.#running.resolve(false);
    this.#stopTimers();
    await this.#subscription.close({ tearDown: false });
  }

  /** Ends the task at once, and the framework with it. */
  async close(): Promise<void> {
    if (this.#detached) return;
    if (this.#life.phase !== "ended") this.kill({ force: true });
    const patience = setTimeout(() => this.#happened({ type: "given-up" }), this.#times.closeMs);
    await this.#ended.promise;
    clearTimeout(patience);
    this.#stopTimers();
    await this.#subscription.close({ tearDown: true });
    await this.#placement.close();
  }

  #happened(event: LifeEvent): void {
    const { life, effects } = transition(this.#life, event, this.#deps.now());
    this.#life = life;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: LifeEffect): void {
    switch (effect.kind) {
      case "call":
        return this.#call(effect);
      case "report":
        return this.#listener.onStatus(effect.status);
      case "progress":
        return this.#listener.onProgress?.(effect.progress);
      case "notice":
        return this.#listener.onNotice?.(effect.text);
      case "placed":
        return this.#placement.found(effect, this.#frameworkId);
      case "timer":
        return this.#startTimer(effect.name);
      case "end":
        this.#stopTimers();
        this.#placement.nowhere();
        this.#running.resolve(false);
        return this.#ended.resolve(taskEnd(effect.status));
    }
  }

  #call({ call, acknowledges }: Extract<LifeEffect, { kind: "call" }>): void {
    if (call.type === "ACCEPT" && this.#life.offer !== undefined) this.#placement.expect(this.#life.offer);
    void this.#subscription.call(call).then(
      (outcome) => {
        if (typeof outcome === "object") this.#happened({ type: "accept-refused", why: outcome.refused });
        // Calls go one after the other: what came before is answered as well.
        else if (outcome === "accepted" && acknowledges === "TASK_RUNNING") this.#running.resolve(true);
      },
      // A call that cannot be written: the task is not what a master can be told of.
      (error: unknown) => this.#happened({ type: "accept-refused", why: error instanceof Error ? error.message : "?" }),
    );
  }

  #startTimer(name: TimerName): void {
    const { noticeMs, reconcileMs, hearsayMs } = this.#times;
    const delayMs = { notice: noticeMs, reconcile: reconcileMs, hearsay: hearsayMs }[name];
    clearTimeout(this.#timers.get(name));
    this.#timers.set(
      name,
      setTimeout(() => this.#happened({ type: "timer", name }), delayMs),
    );
  }

  #stopTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
