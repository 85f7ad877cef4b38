import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { type PlainOffer, PlainScheduler, type PlainStatus, type SchedulerEvent } from "../e2e/plain-scheduler.ts";

/** A status as it came, with the ids that an acknowledgement or a kill needs. */
export interface SeenStatus extends PlainStatus {
  readonly agent_id?: { readonly value: string };
  readonly source?: string;
}

const terminal = /FINISHED|FAILED|KILLED|LOST|ERROR|DROPPED|GONE/;

export function isTerminal({ state }: { readonly state: string }): boolean {
  return terminal.test(state);
}

/** A framework that comes back with its id whenever its stream ends, keeps every update in the order of its coming, and acknowledges at once. */
export class SteadyFramework {
  /** Everything of every task, with what comes twice. */
  readonly updates: SeenStatus[] = [];
  acknowledges = true;
  frameworkId = "";
  readonly #masterOf: () => string;
  readonly #info: object;
  readonly #offers = new Map<string, PlainOffer>();
  readonly #waiting = new Set<() => void>();
  #scheduler: PlainScheduler | undefined;
  #subscriptions = 0;
  #refusal: Error | undefined;
  #closed = false;

  /** `masterOf` is asked before each attempt. */
  static async subscribe(masterOf: () => string, info: object = {}): Promise<SteadyFramework> {
    const framework = new SteadyFramework(masterOf, info);
    onTestFinished(() => framework.close());
    void framework.#stay();
    await framework.subscribed(1);
    return framework;
  }

  constructor(masterOf: () => string, info: object) {
    this.#masterOf = masterOf;
    this.#info = { user: "root", name: "faults", failover_timeout: 3600, ...info };
  }

  get subscriptions(): number {
    return this.#subscriptions;
  }

  /** Resolves when a master has taken it for the `count`th time. */
  async subscribed(count: number): Promise<void> {
    await this.#until(() => (this.#subscriptions >= count && this.#scheduler !== undefined ? true : undefined));
  }

  /** With the next offer, of this agent when one is named. Resolves with the id of the agent. */
  async launch(task: object, hostname?: string): Promise<string> {
    const offer = await this.#until(() =>
      [...this.#offers.values()].find((each) => hostname === undefined || each.hostname === hostname),
    );
    this.#offers.delete(offer.id.value);
    await this.#scheduler?.launch(offer, task);
    return offer.agent_id.value;
  }

  /** As `launch`, while the master may end at any moment. Undefined when the signal came before an offer. */
  async tryLaunch(task: object, signal: AbortSignal): Promise<string | undefined> {
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake);
    const offer = await this.#until(() => (signal.aborted ? "aborted" : [...this.#offers.values()][0]));
    signal.removeEventListener("abort", wake);
    if (offer === "aborted") return undefined;
    this.#offers.delete(offer.id.value);
    await this.#scheduler?.launch(offer, task).catch(() => {});
    return offer.agent_id.value;
  }

  /** The first status of the task with that state, past or to come. */
  async saw(taskId: string, state: string): Promise<SeenStatus> {
    return await this.#until(() => this.of(taskId).find((status) => status.state === state));
  }

  /** Resolves when `wanted` finds something among all that has come. */
  async found<T>(wanted: (updates: readonly SeenStatus[]) => T | undefined): Promise<T> {
    return await this.#until(() => wanted(this.updates));
  }

  of(taskId: string): readonly SeenStatus[] {
    return this.updates.filter((status) => status.task_id.value === taskId);
  }

  /** What the agent said of the task: each state once for each uuid, in order. */
  told(taskId: string): readonly string[] {
    const byUuid = new Map<string, string>();
    for (const { uuid, state } of this.of(taskId)) if (uuid !== undefined) byUuid.set(uuid, state);
    return [...byUuid.values()];
  }

  async kill(taskId: string, agentId?: string): Promise<void> {
    const agent = agentId === undefined ? {} : { agent_id: { value: agentId } };
    await this.#scheduler?.call({ type: "KILL", kill: { task_id: { value: taskId }, ...agent } });
  }

  /** Asks of all that the master knows, or of these. Answers come as updates without a uuid. */
  async reconcile(tasks: readonly { readonly taskId: string; readonly agentId: string }[] = []): Promise<void> {
    const asked = tasks.map(({ taskId, agentId }) => ({ task_id: { value: taskId }, agent_id: { value: agentId } }));
    await this.#scheduler?.call({ type: "RECONCILE", reconcile: { tasks: asked } });
  }

  async acknowledge(status: SeenStatus): Promise<void> {
    await this.#scheduler?.acknowledge(status);
  }

  close(): void {
    this.#closed = true;
    this.#scheduler?.close();
  }

  async #stay(): Promise<void> {
    while (!this.#closed && this.#refusal === undefined) {
      try {
        const id = this.frameworkId === "" ? {} : { id: { value: this.frameworkId } };
        const scheduler = await PlainScheduler.subscribe(this.#masterOf(), { ...this.#info, ...id });
        this.frameworkId = scheduler.frameworkId;
        this.#scheduler = scheduler;
        this.#subscriptions += 1;
        this.#wake();
        for (;;) this.#take(await scheduler.event(() => true));
      } catch (error) {
        // The master is away, unless it has answered. Every framework asks again after a while.
        if (error instanceof Error && error.message.startsWith("SUBSCRIBE: ")) this.#refusal = error;
        this.#scheduler = undefined;
        this.#offers.clear();
        this.#wake();
        await delay(25);
      }
    }
  }

  #take(event: SchedulerEvent & { readonly rescind?: { readonly offer_id: { readonly value: string } } }): void {
    for (const offer of event.offers?.offers ?? []) this.#offers.set(offer.id.value, offer);
    if (event.rescind !== undefined) this.#offers.delete(event.rescind.offer_id.value);
    const status = event.update?.status;
    if (status !== undefined) {
      this.updates.push(status);
      // It comes again when this is lost with the master.
      if (this.acknowledges) this.acknowledge(status).catch(() => {});
    }
    this.#wake();
  }

  async #until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (this.#refusal !== undefined) throw this.#refusal;
      if (this.#closed) throw new Error(`closed; seen: ${JSON.stringify(this.updates)}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
