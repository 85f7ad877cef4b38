import { randomUUID } from "node:crypto";
import { idFault, sandboxPath } from "@berth/containerizer";
import type { LibprocessMessage } from "@berth/libprocess";
import type { Log } from "@berth/log";
import { encodeMessage, type MessageCodec } from "@berth/proto";
import { FrameworkInfo as InternalFrameworkInfo } from "@berth/proto/internal";
import {
  ExecutorToFrameworkMessage,
  ExitedExecutorMessage,
  type ReregisterSlaveMessage,
  type RegisterSlaveMessage,
  type SlaveReregisteredMessage,
  type StatusUpdate,
  StatusUpdateMessage,
} from "@berth/proto/internal/messages";
import { FrameworkInfo, type Resource, type TaskState } from "@berth/proto/v1";
import { applyCheckpointedResources } from "@berth/resources";
import type { AgentCore, AgentCoreDeps, AgentCoreOptions } from "./agent-core.ts";
import type { AgentMetrics, AgentSnapshot, SandboxListener } from "./agent-view.ts";
import { Book } from "./book.ts";
import type { AgentStore, StoredAgent } from "./checkpoint/agent-store.ts";
import { Counters } from "./counters.ts";
import { Drain } from "./drain.ts";
import { AgentCoreError } from "./errors.ts";
import type { FrameworkRecord } from "./framework-record.ts";
import type { AgentInput } from "./messages/agent-input.ts";
import { convert } from "./messages/convert.ts";
import { Inbox } from "./messages/inbox.ts";
import { withAllocationRole } from "./messages/with-allocation-role.ts";
import { progressData } from "./progress.ts";
import { recoveredRun, type RecoveredTask, recoverTasks } from "./recover-tasks.ts";
import { type AgentFacts, registerMessage, reregisterMessage, slaveInfo } from "./registration.ts";
import { SandboxRoots } from "./sandbox-roots.ts";
import type { OwnStatus } from "./status/complete-status.ts";
import { toStatusUpdate } from "./status/to-status-update.ts";
import { UpdatesDesk } from "./status/updates-desk.ts";
import { judgeLaunch } from "./task/judge-launch.ts";
import { drainKillPolicy } from "./task/kill-policy.ts";
import { saveFramework } from "./task/prepare-task.ts";
import { TaskDriver } from "./task/task-driver.ts";
import { TaskRun } from "./task/task-run.ts";
import { systemTimers } from "./timers.ts";
import { bookGauges } from "./view/gauges.ts";
import { takeSnapshot } from "./view/snapshot.ts";
import { applyVolumeChanges, volumeChanges } from "./volumes.ts";

type InputOf<Type extends AgentInput["type"]> = Extract<AgentInput, { readonly type: Type }>;

/** Takes messages, decides by the pure parts, and has the task driver act. */
export class AgentCoreRunner implements AgentCore {
  readonly #deps: AgentCoreDeps;
  readonly #options: AgentCoreOptions;
  readonly #store: AgentStore;
  readonly #log: Log;
  readonly #startTimeMs: number;
  readonly #counters = new Counters();
  readonly #inbox: Inbox;
  readonly #book: Book;
  readonly #desk: UpdatesDesk;
  readonly #driver: TaskDriver;
  readonly #drain: Drain;
  readonly #roots: SandboxRoots;
  /** An acknowledgement of the task is being stored: what it means for a new task of the same id shows afterwards. */
  readonly #acknowledging = new Map<string, Promise<void>>();
  /** Removals on disk that nobody waits for. */
  readonly #tidying = new Set<Promise<void>>();
  readonly #whenEmpty: (() => void)[] = [];
  #agentId: string | undefined;
  #checkpointed: readonly Resource[] = [];
  #total: readonly Resource[];
  #connected = false;
  #recoveryMs = 0;
  #closed = false;

  constructor(deps: AgentCoreDeps, options: AgentCoreOptions, store: AgentStore) {
    this.#deps = deps;
    this.#options = options;
    this.#store = store;
    this.#log = deps.log.child({ component: "agent-core" });
    this.#startTimeMs = deps.now();
    this.#total = options.resources;
    this.#roots = new SandboxRoots(options.workDirectory);
    this.#drain = new Drain(store, this.#log);
    this.#inbox = new Inbox({
      handle: (input) => this.#handle(input),
      log: this.#log,
      onDropped: () => this.#counters.add("berth/messages_dropped"),
    });
    this.#book = new Book({
      maxCompletedExecutorsPerFramework: options.maxCompletedExecutorsPerFramework,
      onEvicted: (run) => this.#roots.detach(run),
    });
    this.#desk = new UpdatesDesk({
      createStatusUpdates: () => deps.createStatusUpdates((update) => this.#forward(update)),
      log: this.#log,
      onUnstored: () => this.#counters.add("berth/updates_unstored"),
    });
    this.#driver = new TaskDriver(
      {
        containerizer: deps.containerizer,
        desk: this.#desk,
        store,
        roots: this.#roots,
        counters: this.#counters,
        timers: deps.timers ?? systemTimers,
        now: deps.now,
        log: this.#log,
        drain: () => this.#drain.config,
        tellExitedExecutor: (run) => this.#tellExitedExecutor(run.frameworkId, run.taskId),
        tellProgress: (run, progress) =>
          this.#send(ExecutorToFrameworkMessage, {
            slaveId: { value: run.place.agentId },
            frameworkId: { value: run.frameworkId },
            executorId: { value: run.taskId },
            data: progressData(run.taskId, progress),
          }),
        onForgotten: (run) => this.#forget(run),
      },
      {
        workDirectory: options.workDirectory,
        switchUser: options.switchUser,
        frameworksHome: options.frameworksHome,
        executorShutdownGracePeriodMs: options.executorShutdownGracePeriodMs,
        ip: options.ip,
      },
    );
  }

  async recover({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const startedMs = this.#deps.now();
    try {
      const stored = await this.#store.load();
      this.#restoreResources(stored.resources);
      if (stored.agentId !== undefined) await this.#restoreAgent(stored, stored.agentId, signal);
    } catch (error) {
      this.#counters.add("slave/recovery_errors");
      throw error;
    } finally {
      this.#recoveryMs = this.#deps.now() - startedMs;
    }
  }

  agentId(): string | undefined {
    return this.#agentId;
  }

  registration(): RegisterSlaveMessage {
    return registerMessage(this.#facts());
  }

  reregistration(): ReregisterSlaveMessage {
    return reregisterMessage(this.#facts(), this.#book.frameworks(), (run) => this.#desk.lastForwarded(run.key));
  }

  async onRegistered(agentId: string): Promise<void> {
    if (agentId === this.#agentId) return;
    const fault = idFault(agentId);
    if (fault !== undefined) throw new AgentCoreError("invalid-agent-id", `the master gave an agent id that ${fault}`);
    try {
      await this.#store.saveAgent(slaveInfo({ ...this.#facts(), agentId }));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AgentCoreError("unstored", `cannot store the agent's id: ${why}`, { cause });
    }
    // What ran under an earlier id belongs to an agent that no master knows any more.
    for (const framework of this.#book.disown()) this.#endFramework(framework);
    this.#drain.forget();
    this.#agentId = agentId;
  }

  async onReregistered({ reconciliations = [] }: SlaveReregisteredMessage): Promise<void> {
    for (const { frameworkId: id, framework: info, statuses = [] } of reconciliations) {
      const frameworkId = id?.value ?? "";
      const known = this.#book.framework(frameworkId);
      const framework = info === undefined ? known?.info : convert(InternalFrameworkInfo, FrameworkInfo, info);
      for (const { taskId: { value: taskId = "" } = {} } of statuses) {
        const key = { frameworkId, taskId };
        await this.#acknowledging.get(textOf(key));
        if (known?.tasks.has(taskId) === true || this.#desk.hasPending(key)) continue;
        await this.#tellOfUnknown(key, framework, {
          state: "TASK_DROPPED",
          reason: "REASON_RECONCILIATION",
          message: "Reconciliation: the agent does not know the task",
        });
      }
    }
  }

  onConnected(connected: boolean): void {
    this.#connected = connected;
    if (connected) this.#desk.resume();
    else this.#desk.pause();
  }

  onMessage({ name, body }: LibprocessMessage): void {
    if (!this.#closed) this.#inbox.receive(name, body);
  }

  async shutDownFrameworks(): Promise<void> {
    for (const framework of this.#book.frameworks()) this.#endFramework(framework);
    if (this.#book.isEmpty) return;
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { runs } of this.#book.frameworks()) for (const run of runs) this.#driver.release(run);
    await this.#driver.close();
    await this.#inbox.close();
    await this.#desk.close();
    await Promise.all(this.#tidying);
  }

  snapshot(): AgentSnapshot {
    const facts = {
      ...this.#facts(),
      startTimeMs: this.#startTimeMs,
      totalResources: this.#total,
      drainConfig: this.#drain.config,
      drainStartTimeMs: this.#drain.startTimeMs,
    };
    return takeSnapshot(facts, this.#book);
  }

  metrics(): AgentMetrics {
    return {
      "slave/uptime_secs": (this.#deps.now() - this.#startTimeMs) / 1000,
      "slave/registered": this.#connected ? 1 : 0,
      "slave/recovery_time_secs": this.#recoveryMs / 1000,
      ...bookGauges(this.#book),
      ...this.#counters.values(),
    };
  }

  watchSandboxes(listener: SandboxListener): () => void {
    return this.#roots.watch(listener);
  }

  #facts(): AgentFacts {
    const { hostname, port, resources, attributes, version } = this.#options;
    const checkpointedResources = this.#checkpointed;
    return { agentId: this.#agentId, hostname, port, resources, attributes, checkpointedResources, version };
  }

  #restoreResources(checkpointed: readonly Resource[]): void {
    const applied = applyCheckpointedResources(this.#options.resources, checkpointed);
    if (!applied.ok) {
      throw new AgentCoreError(
        "incompatible-resources",
        `the agent's resources do not hold what was reserved out of them: ${applied.reason}; give it as many as before, or remove its meta folder`,
      );
    }
    this.#checkpointed = checkpointed;
    this.#total = applied.resources;
  }

  async #restoreAgent(stored: StoredAgent, agentId: string, signal: AbortSignal | undefined): Promise<void> {
    const tasks = await recoverTasks(stored, this.#desk, this.#store);
    const leftover = tasks.find(({ ended }) => !ended);
    const { endLeftovers } = this.#deps;
    signal?.throwIfAborted();
    if (endLeftovers === undefined) {
      if (leftover !== undefined) throw unproven(leftover.stored.key.taskId);
    } else {
      try {
        await endLeftovers(agentId, { signal });
      } catch (cause) {
        throw unproven(leftover?.stored.key.taskId, cause);
      }
    }
    this.#agentId = agentId;
    this.#drain.restore(stored.drain, this.#deps.now());
    for (const task of tasks) await this.#restoreTask(stored, task);
    for (const { info, runs } of stored.frameworks) {
      const id = info.id?.value ?? "";
      if (runs.length === 0 || this.#book.framework(id) === undefined)
        this.#tidy(this.#store.forgetFramework(agentId, id));
    }
    await this.#drain.endWhen(this.#book.isEmpty, agentId);
  }

  async #restoreTask(stored: StoredAgent, task: RecoveredTask): Promise<void> {
    const { frameworkId } = task.stored.key;
    const framework = stored.frameworks.find(({ info }) => info.id?.value === frameworkId);
    const record = this.#book.open(frameworkId, framework?.info ?? {}, framework?.pid);
    record.saved = Promise.resolve();
    const run = recoveredRun(record, task, this.#options.workDirectory);
    this.#book.add(run);
    this.#roots.attach(run);
    if (task.ended) return;
    await this.#driver.tellRecovered(run, {
      state: "TASK_GONE",
      reason: "REASON_AGENT_RESTARTED",
      message: "The agent was restarted; the task's container was ended",
    });
  }

  #handle(input: AgentInput): Promise<void> | void {
    switch (input.type) {
      case "run-task":
        return this.#afterAcknowledgement(input, () => this.#runTask(input));
      case "run-task-group":
        return this.#refuseGroup(input);
      case "kill-task":
        return this.#killTask(input);
      case "acknowledgement":
        return this.#acknowledge(input);
      case "shutdown-framework":
        return this.#shutDownFramework(input.frameworkId);
      case "shutdown-executor": {
        const run = this.#book.framework(input.frameworkId)?.tasks.get(input.executorId);
        if (run !== undefined) this.#driver.dispatch(run, { type: "shut-down" });
        return;
      }
      case "update-framework":
        return this.#updateFramework(input);
      case "framework-message":
        this.#counters.add("slave/invalid_framework_messages");
        this.#log.info("a message for an executor was dropped: no framework's executors run here", { ...input });
        return;
      case "checkpoint-resources":
        return this.#checkpointResources(input.resources);
      case "drain":
        return this.#startDrain(input);
    }
  }

  #afterAcknowledgement(key: { frameworkId: string; taskId: string }, run: () => void): Promise<void> | void {
    const acknowledging = this.#acknowledging.get(textOf(key));
    return acknowledging === undefined ? run() : acknowledging.then(run);
  }

  #runTask({ framework: info, frameworkId, pid, task, taskId, launchExecutor }: InputOf<"run-task">): void {
    const known = this.#book.framework(frameworkId);
    const present = known?.tasks.get(taskId);
    const undelivered = present === undefined && this.#desk.hasPending({ frameworkId, taskId });
    const verdict = judgeLaunch({
      agentId: this.#agentId,
      framework: info,
      task,
      launchExecutor,
      draining: this.#drain.config !== undefined,
      frameworkTerminating: known?.terminating === true,
      sameId: present !== undefined ? "present" : undelivered ? "undelivered" : "none",
      totalResources: this.#total,
    });
    if (verdict.type === "accept") return this.#accept(frameworkId, info, pid, withAllocationRole(task, info));
    const told = verdict.type === "refuse" ? verdict.status : { message: verdict.reason };
    this.#log.warn("a task was not launched", { frameworkId, taskId, ...told });
    if (verdict.type === "refuse") {
      if (verdict.aside) this.#tellAside({ frameworkId, taskId }, info, verdict.status, present?.state);
      else void this.#tellOfUnknown({ frameworkId, taskId }, info, verdict.status);
    }
    if (verdict.exitedExecutor) this.#tellExitedExecutor(frameworkId, taskId);
  }

  #accept(frameworkId: string, info: FrameworkInfo, pid: string | undefined, task: TaskRun["info"]): void {
    const agentId = this.#agentId ?? "";
    const framework = this.#book.open(frameworkId, info, pid);
    const taskId = task.taskId?.value ?? "";
    const containerId = randomUUID();
    const key = { agentId, frameworkId, executorId: taskId, containerId };
    const checkpointDirectory = info.checkpoint === true ? this.#store.taskDirectory({ ...key, taskId }) : undefined;
    const directory = sandboxPath({ workDirectory: this.#options.workDirectory, ...key });
    const run = new TaskRun(framework, task, { agentId, containerId, checkpointDirectory }, directory);
    this.#book.add(run);
    this.#driver.begin(run);
  }

  #refuseGroup({ framework, frameworkId, executorId, tasks, launchExecutor }: InputOf<"run-task-group">): void {
    const own = tasks.filter((task) => task.agentId?.value === this.#agentId);
    if (own.length === 0) return;
    this.#log.warn("a task group was not launched", { frameworkId, executorId, tasks: own.length });
    for (const task of own) {
      void this.#tellOfUnknown({ frameworkId, taskId: task.taskId?.value ?? "" }, framework, {
        state: "TASK_FAILED",
        reason: "REASON_CONTAINER_LAUNCH_FAILED",
        message: `Failed to launch container: this agent does not run task groups (executor "${executorId}"); launch the tasks one by one`,
      });
    }
    if (launchExecutor === true) this.#tellExitedExecutor(frameworkId, executorId);
  }

  #killTask({ frameworkId, taskId, killPolicy }: InputOf<"kill-task">): void {
    const framework = this.#book.framework(frameworkId);
    if (framework === undefined || framework.terminating) {
      return this.#log.debug("a kill for a framework that has nothing here", { frameworkId, taskId });
    }
    const run = framework.tasks.get(taskId);
    if (run !== undefined) return this.#driver.dispatch(run, { type: "kill" }, { killPolicy });
    if (this.#desk.hasPending({ frameworkId, taskId })) return;
    void this.#tellOfUnknown({ frameworkId, taskId }, framework.info, {
      state: "TASK_DROPPED",
      reason: "REASON_EXECUTOR_TERMINATED",
      message: "Cannot find executor",
    });
  }

  #acknowledge({ agentId, frameworkId, taskId, uuid }: InputOf<"acknowledgement">): void {
    if (agentId !== this.#agentId) return;
    const key = { frameworkId, taskId };
    const run = this.#book.framework(frameworkId)?.tasks.get(taskId);
    const earlier = this.#acknowledging.get(textOf(key));
    const done = this.#desk
      .acknowledge(key, uuid)
      .then(
        (outcome) => {
          if (outcome !== "closed" || run === undefined) return;
          this.#book.release(run);
          this.#driver.dispatch(run, { type: "delivered" });
        },
        (error: unknown) => this.#log.error("an acknowledgement could not be taken", { ...key, error }),
      )
      .then(() => earlier)
      .then(() => {
        if (this.#acknowledging.get(textOf(key)) === done) this.#acknowledging.delete(textOf(key));
      });
    this.#acknowledging.set(textOf(key), done);
  }

  #shutDownFramework(frameworkId: string): void {
    const framework = this.#book.framework(frameworkId);
    if (framework === undefined) this.#desk.dropFramework(frameworkId);
    else this.#endFramework(framework);
  }

  /** Without a word to it. */
  #endFramework(framework: FrameworkRecord): void {
    framework.terminating = true;
    this.#desk.dropFramework(framework.id);
    for (const run of framework.runs) this.#driver.dispatch(run, { type: "silence" });
  }

  #updateFramework({ frameworkId, pid, info }: InputOf<"update-framework">): void {
    const framework = this.#book.framework(frameworkId);
    if (framework !== undefined && !framework.terminating) {
      framework.pid = pid;
      if (info !== undefined) framework.info = { ...info, id: { value: frameworkId } };
      if (framework.saved !== undefined && this.#agentId !== undefined) {
        framework.saved = undefined;
        this.#tidy(saveFramework(framework, this.#agentId, this.#store));
      }
    }
    this.#desk.resend(frameworkId);
  }

  async #checkpointResources(resources: readonly Resource[]): Promise<void> {
    const applied = applyCheckpointedResources(this.#options.resources, resources);
    if (!applied.ok) {
      return this.#log.error("resources that a master wants to be kept do not fit this agent", {
        reason: applied.reason,
      });
    }
    const changes = volumeChanges(this.#checkpointed, resources);
    try {
      await this.#store.saveResources(resources);
    } catch (error) {
      return this.#log.error("reservations and volumes cannot be stored; they do not count", { error });
    }
    this.#checkpointed = resources;
    this.#total = applied.resources;
    const failures = await applyVolumeChanges(this.#options.workDirectory, changes);
    for (const failure of failures) this.#log.error("the folder of a volume cannot be changed", { ...failure });
    for (const reason of changes.refused) this.#log.error("a volume gets no folder", { reason });
    for (let count = failures.length + changes.refused.length; count > 0; count--) {
      this.#counters.add("berth/volume_errors");
    }
  }

  async #startDrain({ config }: InputOf<"drain">): Promise<void> {
    const agentId = this.#agentId;
    if (agentId === undefined) return;
    await this.#drain.begin(config, agentId, this.#deps.now());
    for (const framework of this.#book.frameworks()) {
      for (const run of framework.tasks.values()) {
        this.#driver.dispatch(run, { type: "kill" }, { killPolicy: drainKillPolicy(run.info, config) });
      }
    }
    await this.#drain.endWhen(this.#book.isEmpty, agentId);
  }

  #forget(run: TaskRun): void {
    this.#counters.add("slave/executors_terminated");
    const { key, framework } = run;
    const frameworkGone = this.#book.complete(run);
    if (run.place.checkpointDirectory !== undefined) this.#tidy(this.#store.forgetRun(key));
    if (!frameworkGone) return;
    if (framework.saved !== undefined) this.#tidy(this.#store.forgetFramework(key.agentId, framework.id));
    if (!this.#book.isEmpty) return;
    this.#tidy(this.#drain.endWhen(true, key.agentId));
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  /** About a task that the books do not have: its update is not stored. */
  async #tellOfUnknown(
    { frameworkId, taskId }: { readonly frameworkId: string; readonly taskId: string },
    framework: FrameworkInfo | undefined,
    own: OwnStatus,
  ): Promise<void> {
    const status = this.#driver.ownStatus(own, { agentId: this.#agentId ?? "", taskId, framework });
    this.#counters.add("slave/valid_status_updates");
    if (status.state !== undefined) this.#counters.addTerminal(status.state);
    await this.#desk.deliver(toStatusUpdate(frameworkId, status), undefined);
  }

  /** Once, past the stream of the other task with this id, whose state the master is told to go by. */
  #tellAside(
    { frameworkId, taskId }: { readonly frameworkId: string; readonly taskId: string },
    framework: FrameworkInfo,
    own: OwnStatus,
    latestState: TaskState | undefined,
  ): void {
    const status = this.#driver.ownStatus(own, { agentId: this.#agentId ?? "", taskId, framework });
    this.#forward({ ...toStatusUpdate(frameworkId, status), ...(latestState !== undefined && { latestState }) });
  }

  #forward(update: StatusUpdate): void {
    this.#send(StatusUpdateMessage, { update, pid: this.#options.pid });
  }

  #tellExitedExecutor(frameworkId: string, executorId: string): void {
    this.#send(ExitedExecutorMessage, {
      slaveId: { value: this.#agentId ?? "" },
      frameworkId: { value: frameworkId },
      executorId: { value: executorId },
      status: -1,
    });
  }

  #send<T extends object>(codec: MessageCodec<T>, message: T): void {
    this.#deps.sendToMaster(codec.$type, encodeMessage(codec, message));
  }

  #tidy(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#log.warn("the checkpoint cannot be tidied", { error }))
      .finally(() => this.#tidying.delete(done));
    this.#tidying.add(done);
  }
}

function textOf({ frameworkId, taskId }: { readonly frameworkId: string; readonly taskId: string }): string {
  return `${frameworkId}\0${taskId}`;
}

function unproven(taskId: string | undefined, cause?: unknown): AgentCoreError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  const what = taskId === undefined ? "containers of an earlier life" : `the container of task ${taskId}`;
  return new AgentCoreError("leftovers-unproven", `${what} may still run, which cannot be ruled out${why}`, { cause });
}
