import { createSchedulerClient, type SchedulerSession } from "@berth/mesos-client";
import type { KillPolicy, Offer, TaskInfo, TaskState, TaskStatus } from "@berth/proto/v1";
import type { Event } from "@berth/proto/v1/scheduler";

export interface Reached {
  /** performance.now() when its UPDATE was read from the stream. */
  readonly atMs: number;
  readonly status: TaskStatus;
}

const over = new Set<TaskState | undefined>([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_ERROR",
  "TASK_LOST",
  "TASK_DROPPED",
  "TASK_GONE",
]);

/** A framework as real ones are: subscribed to a master, takes offers, acknowledges every update at once. */
export class BenchFramework {
  readonly #session: SchedulerSession;
  readonly #offers = new Map<string, Offer>();
  readonly #tasks = new Map<string, Map<TaskState, PromiseWithResolvers<Reached>>>();
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #failure: Error | undefined;
  #acknowledging: Promise<void> = Promise.resolve();
  /** Every UPDATE so far that had a uuid. */
  updates = 0;

  static async subscribe(master: string, options: { readonly checkpoint: boolean }): Promise<BenchFramework> {
    const client = createSchedulerClient({ master });
    const { checkpoint } = options;
    return new BenchFramework(
      await client.subscribe({
        user: "root",
        name: "bench",
        roles: ["*"],
        checkpoint,
        capabilities: [{ type: "MULTI_ROLE" }],
      }),
    );
  }

  private constructor(session: SchedulerSession) {
    this.#session = session;
    this.#read().catch((error: unknown) => this.#fail(error as Error));
  }

  /** Resolves with the ids of the agents whose offers are held, once there are so many. */
  async agents(count: number): Promise<readonly string[]> {
    for (;;) {
      const ids = new Set([...this.#offers.values()].map(({ agentId }) => agentId?.value ?? ""));
      if (ids.size >= count) return [...ids];
      await this.#change();
    }
  }

  /** Resolves when an offer of the agent is held: a launch then waits for nothing. */
  async offered(agentId: string): Promise<void> {
    while (!this.#held(agentId).length) await this.#change();
  }

  /** One ACCEPT with all that the agent has offered. Resolves when the master has taken it. */
  async launch(agentId: string, tasks: readonly TaskInfo[]): Promise<void> {
    const offers = this.#held(agentId);
    if (offers.length === 0) throw new Error(`nothing of ${agentId} is offered`);
    for (const { id } of offers) this.#offers.delete(id?.value ?? "");
    const taskInfos = tasks.map((task) => ({ ...task, agentId: { value: agentId } }));
    await this.#session.call({
      type: "ACCEPT",
      accept: {
        offerIds: offers.flatMap(({ id }) => id ?? []),
        operations: [{ type: "LAUNCH", launch: { taskInfos } }],
        filters: { refuseSeconds: 0 },
      },
    });
  }

  /** Of a state to come: ask first, then act. Rejects when the task ends in another way, or the master ends the stream. */
  reached(taskId: string, state: TaskState): Promise<Reached> {
    const task = this.#tasks.get(taskId) ?? new Map<TaskState, PromiseWithResolvers<Reached>>();
    this.#tasks.set(taskId, task);
    const slot = task.get(state) ?? Promise.withResolvers<Reached>();
    task.set(state, slot);
    slot.promise.catch(() => undefined); // whoever waits hears of it
    if (this.#failure !== undefined) slot.reject(this.#failure);
    return slot.promise;
  }

  kill(taskId: string, agentId: string, killPolicy?: KillPolicy): Promise<void> {
    const ids = { taskId: { value: taskId }, agentId: { value: agentId } };
    return this.#session.call({ type: "KILL", kill: { ...ids, ...(killPolicy && { killPolicy }) } });
  }

  /** Resolves when the master has taken every acknowledgement. */
  acknowledged(): Promise<void> {
    return this.#acknowledging;
  }

  async close(): Promise<void> {
    // Without a framework the master has no use for its tasks, and ends them.
    await this.#session.call({ type: "TEARDOWN" });
    await this.#session.close();
  }

  async #read(): Promise<void> {
    for await (const event of this.#session.events) this.#take(event, performance.now());
    throw new Error("the master has ended the stream");
  }

  #take(event: Event, atMs: number): void {
    switch (event.type) {
      case "OFFERS":
        for (const offer of event.offers?.offers ?? []) this.#offers.set(offer.id?.value ?? "", offer);
        return this.#wake();
      case "RESCIND":
        this.#offers.delete(event.rescind?.offerId?.value ?? "");
        return;
      case "UPDATE":
        return this.#update(event.update?.status ?? {}, atMs);
      case "FAILURE":
      case "ERROR":
        return this.#fail(new Error(`${event.type}: ${event.error?.message ?? event.failure?.agentId?.value}`));
      default:
    }
  }

  #update(status: TaskStatus, atMs: number): void {
    const { taskId, agentId, uuid, state } = status;
    const id = taskId?.value ?? "";
    const task = this.#tasks.get(id);
    if (state !== undefined) task?.get(state)?.resolve({ atMs, status });
    if (uuid !== undefined) {
      this.updates += 1;
      this.#acknowledging = this.#session.call({ type: "ACKNOWLEDGE", acknowledge: { agentId, taskId, uuid } });
      this.#acknowledging.catch((error: unknown) => this.#fail(error as Error));
    }
    if (!over.has(state)) return;
    const failure = new Error(`${id}: ${state} (${status.reason}): ${status.message}`);
    for (const slot of task?.values() ?? []) slot.reject(failure);
    this.#tasks.delete(id);
  }

  #held(agentId: string): readonly Offer[] {
    return [...this.#offers.values()].filter((offer) => offer.agentId?.value === agentId);
  }

  async #change(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const waiter = Promise.withResolvers<void>();
    this.#waiting.add(waiter);
    await waiter.promise;
  }

  #wake(): void {
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
    for (const task of this.#tasks.values()) for (const slot of task.values()) slot.reject(error);
  }
}
