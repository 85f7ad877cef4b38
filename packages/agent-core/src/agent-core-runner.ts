import { idFault } from "@berth/containerizer";
import type { LibprocessMessage } from "@berth/libprocess";
import type {
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  SlaveReregisteredMessage,
} from "@berth/proto/internal/messages";
import type { AgentContext } from "./agent-context.ts";
import type { AgentCore, AgentCoreDeps, AgentCoreOptions } from "./agent-core.ts";
import type { AgentMetrics, AgentSnapshot, SandboxListener } from "./agent-view.ts";
import { Book } from "./book.ts";
import type { AgentStore } from "./checkpoint/agent-store.ts";
import { Chores } from "./chores.ts";
import { Counters } from "./counters.ts";
import { Drain } from "./drain.ts";
import { AgentCoreError } from "./errors.ts";
import { endFramework } from "./handlers/end-tasks.ts";
import { handleInput } from "./handlers/handle-input.ts";
import { reconcile } from "./handlers/reconcile.ts";
import { Inbox } from "./messages/inbox.ts";
import { Outbox } from "./outbox.ts";
import { type AgentFacts, registerMessage, reregisterMessage, slaveInfo } from "./registration.ts";
import { restoreAgent } from "./restore-agent.ts";
import { SandboxRoots } from "./sandbox-roots.ts";
import { UpdatesDesk } from "./status/updates-desk.ts";
import { TaskDriver } from "./task/task-driver.ts";
import type { TaskRun } from "./task/task-run.ts";
import { systemTimers } from "./timers.ts";
import { bookGauges } from "./view/gauges.ts";
import { takeSnapshot } from "./view/snapshot.ts";

/** Wires the parts of the core, and is what master session and APIs see of them. */
export class AgentCoreRunner implements AgentCore {
  readonly #context: AgentContext;
  readonly #endLeftovers: AgentCoreDeps["endLeftovers"];
  readonly #inbox: Inbox;
  readonly #startTimeMs: number;
  readonly #whenEmpty: (() => void)[] = [];
  #connected = false;
  #recoveryMs = 0;

  constructor(deps: AgentCoreDeps, options: AgentCoreOptions, store: AgentStore) {
    const log = deps.log.child({ component: "agent-core" });
    const counters = new Counters();
    const outbox = new Outbox(deps.sendToMaster, options.pid);
    const drain = new Drain(store, log);
    const roots = new SandboxRoots(options.workDirectory);
    const desk = new UpdatesDesk({
      createStatusUpdates: () => deps.createStatusUpdates((update) => outbox.statusUpdate(update)),
      log,
      onUnstored: () => counters.add("berth/updates_unstored"),
    });
    const driver = new TaskDriver(
      {
        containerizer: deps.containerizer,
        timers: deps.timers ?? systemTimers,
        now: deps.now,
        desk,
        store,
        roots,
        counters,
        outbox,
        drain,
        log,
        onForgotten: (run) => this.#forget(run),
      },
      options,
    );
    this.#context = {
      options,
      now: deps.now,
      log,
      store,
      desk,
      driver,
      drain,
      roots,
      counters,
      outbox,
      book: new Book({
        maxCompletedExecutorsPerFramework: options.maxCompletedExecutorsPerFramework,
        onEvicted: (run) => roots.detach(run),
      }),
      chores: new Chores(log),
      acknowledging: new Map(),
      agentId: undefined,
      checkpointed: [],
      total: options.resources,
    };
    this.#endLeftovers = deps.endLeftovers;
    this.#startTimeMs = deps.now();
    this.#inbox = new Inbox({
      handle: (input) => handleInput(this.#context, input),
      log,
      onDropped: () => counters.add("berth/messages_dropped"),
    });
  }

  async recover({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { counters, now } = this.#context;
    const startedMs = now();
    try {
      await restoreAgent(this.#context, this.#endLeftovers, signal);
    } catch (error) {
      counters.add("slave/recovery_errors");
      throw error;
    } finally {
      this.#recoveryMs = now() - startedMs;
    }
  }

  agentId(): string | undefined {
    return this.#context.agentId;
  }

  registration(): RegisterSlaveMessage {
    return registerMessage(this.#facts());
  }

  reregistration(): ReregisterSlaveMessage {
    const { book, desk } = this.#context;
    return reregisterMessage(this.#facts(), book.frameworks(), (run) => desk.lastForwarded(run.key));
  }

  async onRegistered(agentId: string): Promise<void> {
    const { book, drain, store } = this.#context;
    if (agentId === this.#context.agentId) return;
    const fault = idFault(agentId);
    if (fault !== undefined) throw new AgentCoreError("invalid-agent-id", `the master gave an agent id that ${fault}`);
    try {
      await store.saveAgent(slaveInfo({ ...this.#facts(), agentId }));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AgentCoreError("unstored", `cannot store the agent's id: ${why}`, { cause });
    }
    // What ran under an earlier id belongs to an agent that no master knows any more.
    for (const framework of book.disown()) endFramework(this.#context, framework);
    drain.forget();
    this.#context.agentId = agentId;
  }

  async onReregistered({ reconciliations = [] }: SlaveReregisteredMessage): Promise<void> {
    for (const each of reconciliations) await reconcile(this.#context, each);
  }

  onConnected(connected: boolean): void {
    const { desk } = this.#context;
    this.#connected = connected;
    if (connected) desk.resume();
    else desk.pause();
  }

  onMessage({ name, body }: LibprocessMessage): void {
    this.#inbox.receive(name, body);
  }

  async shutDownFrameworks(): Promise<void> {
    const { book } = this.#context;
    for (const framework of book.frameworks()) endFramework(this.#context, framework);
    if (book.isEmpty) return;
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  async close(): Promise<void> {
    const { book, chores, desk, driver } = this.#context;
    await this.#inbox.close();
    await driver.close(book.frameworks().flatMap(({ runs }) => [...runs]));
    await desk.close();
    await chores.settled();
  }

  snapshot(): AgentSnapshot {
    const { book, drain, total } = this.#context;
    const facts = {
      ...this.#facts(),
      startTimeMs: this.#startTimeMs,
      totalResources: total,
      drainConfig: drain.config,
      drainStartTimeMs: drain.startTimeMs,
    };
    return takeSnapshot(facts, book);
  }

  metrics(): AgentMetrics {
    const { book, counters, now } = this.#context;
    return {
      "slave/uptime_secs": (now() - this.#startTimeMs) / 1000,
      "slave/registered": this.#connected ? 1 : 0,
      "slave/recovery_time_secs": this.#recoveryMs / 1000,
      ...bookGauges(book),
      ...counters.values(),
    };
  }

  watchSandboxes(listener: SandboxListener): () => void {
    return this.#context.roots.watch(listener);
  }

  #facts(): AgentFacts {
    const { agentId, checkpointed, options } = this.#context;
    const { hostname, port, resources, attributes, version } = options;
    return { agentId, hostname, port, resources, attributes, checkpointedResources: checkpointed, version };
  }

  /** Its container is gone, and what was to be said of it is said. */
  #forget(run: TaskRun): void {
    const { book, chores, counters, drain, store } = this.#context;
    const { key, framework } = run;
    counters.add("slave/executors_terminated");
    const frameworkGone = book.complete(run);
    if (run.place.checkpointDirectory !== undefined) chores.add(store.forgetRun(key));
    if (!frameworkGone) return;
    if (framework.saved !== undefined) chores.add(store.forgetFramework(key.agentId, framework.id));
    if (!book.isEmpty) return;
    chores.add(drain.endWhen(true, key.agentId));
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
