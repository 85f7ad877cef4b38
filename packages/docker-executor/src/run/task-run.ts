import type { TaskStatus } from "@berth/proto/v1";
import type {
  DockerExecutorHooks,
  DockerKill,
  DockerLaunch,
  DockerRun,
  DockerTermination,
} from "../docker-executor.ts";
import { DockerExecutorError } from "../errors.ts";
import type { LifeEffect, TimerName } from "../life/effect.ts";
import type { LifeEvent } from "../life/event.ts";
import type { Outcome } from "../life/outcome.ts";
import { initialState, type LifeState } from "../life/state.ts";
import { transition } from "../life/transition.ts";
import { containerName } from "../plan/container-name.ts";
import { durationMs, graceMs } from "../plan/kill-policy.ts";
import type { PlannedTask } from "../plan/plan-task.ts";
import { signalOf } from "../status/kill-signal.ts";
import { createStatusWriter, type StatusWriter } from "../status/task-status.ts";
import { ContainerActor } from "./container-actor.ts";
import { LogActor } from "./log-actor.ts";
import { MemoryWatch } from "./memory-watch.ts";
import type { RunContext } from "./run-context.ts";

/** Does what `transition` decides, for one task. */
export class TaskRun implements DockerRun {
  readonly #context: RunContext;
  readonly #launch: DockerLaunch;
  readonly #hooks: DockerExecutorHooks;
  readonly #actor: ContainerActor;
  readonly #logs: LogActor;
  readonly #memory: MemoryWatch;
  readonly #status: StatusWriter;
  readonly #timers = new Map<TimerName, NodeJS.Timeout>();
  readonly #queue: LifeEvent[] = [];
  readonly #launched = Promise.withResolvers<{ readonly engineContainerId: string; readonly pid: number }>();
  readonly #terminated = Promise.withResolvers<DockerTermination>();
  readonly launched = this.#launched.promise;
  readonly terminated = this.#terminated.promise;
  #state: LifeState;
  #busy = false;
  #detached = false;
  #unwatch: (() => void) | undefined;
  #leftover: string | undefined;

  constructor(context: RunContext, launch: DockerLaunch, planned: PlannedTask, hooks: DockerExecutorHooks) {
    this.#context = context;
    this.#launch = launch;
    this.#hooks = hooks;
    const post = (event: LifeEvent): void => this.#dispatch(event);
    this.#actor = new ContainerActor(context, launch, planned, hooks, (event) => {
      if (event.type === "wait-ended") this.#logs.exitExpected();
      post(event);
    });
    this.#logs = new LogActor(context.logs, post);
    this.#memory = new MemoryWatch(context.cgroups, planned.plan.body.HostConfig?.Memory);
    this.#status = createStatusWriter(launch, { now: context.settings.now, secretNames: planned.secretNames });
    const { portRetryMs, createPatienceMs, createRetryMs } = context.settings;
    this.#state = initialState({
      taskKillingState: launch.taskKillingState,
      maxCompletionMs: durationMs(launch.task.maxCompletionTime),
      portRetryMs,
      createRetryMs,
      createPatienceMs,
      canRestoreImage: hooks.restoreImage !== undefined,
    });
    // Nobody has to ask how the launch went.
    this.launched.catch(() => undefined);
  }

  begin(): void {
    this.#dispatch({ type: "begin" });
  }

  get containerName(): string {
    return containerName(this.#launch.agentId, this.#launch.containerId, this.#actor.suffix);
  }

  kill({ killPolicy, force }: DockerKill = {}): void {
    const grace =
      force === true ? 0 : graceMs(this.#launch.task, killPolicy, this.#context.settings.defaultKillGraceMs);
    this.#dispatch({ type: "kill-asked", graceMs: grace });
  }

  async destroy(): Promise<DockerTermination> {
    this.#dispatch({ type: "destroy-asked" });
    const termination = await this.terminated;
    if (this.#leftover !== undefined) await this.#context.removals.now(this.#leftover);
    return termination;
  }

  pid(): number | undefined {
    if (this.#state.phase !== "running") return undefined;
    return this.#actor.pid > 0 ? this.#actor.pid : undefined;
  }

  /** Lets go of the task, which goes on: no call, no timer and no status any more. */
  async detach(): Promise<void> {
    this.#detached = true;
    this.#unwatch?.();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#actor.close();
    await this.#logs.close();
  }

  /** One event after the other, also when an effect leads to the next at once. */
  #dispatch(event: LifeEvent): void {
    if (this.#detached) return;
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const step = transition(this.#state, next, performance.now());
        this.#state = step.state;
        for (const effect of step.effects) this.#act(effect);
      }
    } finally {
      this.#busy = false;
    }
  }

  #act(effect: LifeEffect): void {
    const actor = this.#actor;
    switch (effect.do) {
      case "announce":
        return this.#announce(effect.state);
      case "prepare":
        return void actor.prepare();
      case "abort-launch":
        return actor.abortLaunch();
      case "create":
        return void actor.create(effect.suffix);
      case "look-up":
        return void actor.lookUp(effect.suffix);
      case "restore-image":
        return void actor.restoreImage();
      case "attach":
        return this.#attach();
      case "wait":
        return void actor.wait(effect.condition);
      case "start":
        return void actor.start();
      case "inspect":
        return void actor.inspect();
      case "stop":
        return void actor.stop(effect.graceSeconds);
      case "kill":
        return void actor.kill();
      case "kill-process":
        return actor.killProcess();
      case "remove":
        return void actor.remove(effect.engineId);
      case "settle":
        return void this.#settle();
      case "arm":
        return this.#arm(effect.timer, effect.afterMs);
      case "disarm":
        return this.#disarm(effect.timer);
      case "finish":
        return this.#finish(effect);
    }
  }

  #attach(): void {
    const { sandboxDirectory, owner } = this.#launch;
    const engineContainerId = this.#actor.engineId;
    this.#unwatch?.();
    this.#unwatch = this.#context.events.watch(engineContainerId, (hint) => {
      if (hint === "oom") return this.#memory.oom();
      if (hint === "die") this.#logs.exitExpected();
      this.#dispatch({ type: "look-again" });
    });
    if (this.#state.createUncertain) this.#watchStrays();
    void this.#logs.attach({ engineContainerId, sandboxDirectory, tty: this.#actor.tty, owner });
  }

  #announce(state: "TASK_STARTING" | "TASK_RUNNING" | "TASK_KILLING"): void {
    if (state !== "TASK_RUNNING") {
      this.#hooks.onStatus(this.#status.plain(state));
      return;
    }
    const { inspected } = this.#actor;
    if (inspected === undefined) return;
    const { pid } = this.#actor;
    this.#memory.running(pid);
    this.#hooks.onStatus(this.#status.running(inspected));
    this.#launched.resolve({ engineContainerId: this.#actor.engineId, pid });
  }

  async #settle(): Promise<void> {
    this.#memory.look();
    const logsIncomplete = await this.#logs.settle(this.#context.settings.logSettleMs);
    const memory = await this.#memory.facts(this.#state.exit ?? { exitCode: undefined, oomKilled: false });
    this.#dispatch({ type: "settled", memory, logsIncomplete });
  }

  #arm(timer: TimerName, afterMs: number): void {
    this.#disarm(timer);
    const event: LifeEvent = { type: timerEvents[timer] };
    const laterMs = afterMs - longestTimerMs;
    const fire = (): void => (laterMs > 0 ? this.#arm(timer, laterMs) : this.#dispatch(event));
    this.#timers.set(timer, setTimeout(fire, Math.min(afterMs, longestTimerMs)));
  }

  #disarm(timer: TimerName): void {
    clearTimeout(this.#timers.get(timer));
    this.#timers.delete(timer);
  }

  #watchStrays(): void {
    this.#context.strays.watch(this.#launch.containerId, () => this.#actor.engineId);
  }

  #finish({ outcome, leftover, removeAtOnce, watchStrays }: Extract<LifeEffect, { do: "finish" }>): void {
    this.#unwatch?.();
    this.#actor.close();
    void this.#logs.close();
    if (watchStrays) this.#watchStrays();
    const status = this.#status.terminal(outcome);
    this.#hooks.onStatus(status);
    this.#launched.reject(notLaunched(outcome));
    this.#leftover = leftover;
    if (leftover !== undefined) {
      if (removeAtOnce) void this.#context.removals.now(leftover);
      else this.#context.removals.later(leftover);
    }
    this.#terminated.resolve(termination(outcome, status));
  }
}

const longestTimerMs = 2 ** 31 - 1;

const timerEvents = {
  retry: "retry-due",
  grace: "grace-over",
  patience: "patience-over",
  completion: "completion-time-over",
} as const satisfies Record<TimerName, LifeEvent["type"]>;

function notLaunched({ state, reason, message }: Outcome): DockerExecutorError {
  const asked = state === "TASK_KILLED" || reason === "REASON_MAX_COMPLETION_TIME_REACHED";
  return new DockerExecutorError(asked ? "ended-before-running" : "launch-failed", message);
}

function termination(outcome: Outcome, status: TaskStatus): DockerTermination {
  return {
    status,
    exitCode: outcome.exit?.exitCode,
    killSignal: signalOf(outcome.exit?.exitCode),
    outOfMemory: outcome.memory !== undefined,
  };
}
