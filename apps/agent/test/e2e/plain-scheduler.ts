/** A v1 event, as JSON has it. */
export interface SchedulerEvent {
  readonly type: string;
  readonly subscribed?: { readonly framework_id: { readonly value: string } };
  readonly offers?: { readonly offers: readonly PlainOffer[] };
  readonly update?: { readonly status: PlainStatus };
}

export interface PlainOffer {
  readonly id: { readonly value: string };
  readonly agent_id: { readonly value: string };
  readonly hostname: string;
  readonly resources: readonly object[];
}

export interface PlainStatus {
  readonly task_id: { readonly value: string };
  readonly state: string;
  readonly uuid?: string;
  readonly message?: string;
  readonly reason?: string;
}

/** A scheduler of nothing but HTTP and JSON, so that it shares no code with what it tests. */
export class PlainScheduler {
  readonly #url: string;
  readonly #streamId: string;
  readonly #events: SchedulerEvent[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #aborter: AbortController;
  #ended = false;
  frameworkId = "";

  /** With an id in `frameworkInfo` it is one that comes back. */
  static async subscribe(
    address: string,
    frameworkInfo: { readonly id?: { readonly value: string }; readonly [field: string]: unknown },
  ): Promise<PlainScheduler> {
    const url = `http://${address}/api/v1/scheduler`;
    const aborter = new AbortController();
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        type: "SUBSCRIBE",
        framework_id: frameworkInfo.id,
        subscribe: { framework_info: frameworkInfo },
      }),
      signal: aborter.signal,
    });
    if (answer.status !== 200) throw new Error(`SUBSCRIBE: ${answer.status} ${await answer.text()}`);
    const scheduler = new PlainScheduler(url, answer.headers.get("mesos-stream-id") ?? "", aborter);
    void scheduler.#read(answer.body as ReadableStream<Uint8Array>);
    const { subscribed } = await scheduler.event(({ type }) => type === "SUBSCRIBED");
    scheduler.frameworkId = subscribed?.framework_id.value ?? "";
    return scheduler;
  }

  constructor(url: string, streamId: string, aborter: AbortController) {
    this.#url = url;
    this.#streamId = streamId;
    this.#aborter = aborter;
  }

  /** The first event, past or to come, that `wanted` likes; it is taken out. */
  async event(wanted: (event: SchedulerEvent) => boolean): Promise<SchedulerEvent> {
    for (;;) {
      const index = this.#events.findIndex(wanted);
      if (index !== -1) return this.#events.splice(index, 1)[0] as SchedulerEvent;
      if (this.#ended) throw new Error(`the stream has ended; left: ${JSON.stringify(this.#events)}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async offer(wanted: (offer: PlainOffer) => boolean = () => true): Promise<PlainOffer> {
    const event = await this.event(({ offers }) => offers?.offers.some(wanted) ?? false);
    const offers = event.offers?.offers ?? [];
    const found = offers.find(wanted) as PlainOffer;
    // Agents that are free at the same time come in one event; the others' offers are still to be had.
    const others = offers.filter((offer) => offer !== found);
    if (others.length > 0) this.#events.unshift({ ...event, offers: { offers: others } });
    return found;
  }

  /** The status of that task and state; it and what came before is acknowledged. */
  async status(taskId: string, state: string): Promise<PlainStatus> {
    for (;;) {
      const { update } = await this.event((event) => event.update?.status.task_id.value === taskId);
      const status = update?.status as PlainStatus;
      await this.acknowledge(status);
      if (status.state === state) return status;
      if (/FINISHED|FAILED|KILLED|LOST|ERROR|DROPPED|GONE/.test(status.state)) {
        throw new Error(`${taskId}: ${JSON.stringify(status)}`);
      }
    }
  }

  async acknowledge(status: PlainStatus & { readonly agent_id?: object }): Promise<void> {
    if (status.uuid === undefined) return;
    const { agent_id, task_id, uuid } = status;
    await this.call({ type: "ACKNOWLEDGE", acknowledge: { agent_id, task_id, uuid } });
  }

  async launch(offer: PlainOffer, task: object): Promise<void> {
    const launch = { task_infos: [{ ...task, agent_id: offer.agent_id }] };
    await this.call({
      type: "ACCEPT",
      accept: { offer_ids: [offer.id], operations: [{ type: "LAUNCH", launch }], filters: { refuse_seconds: 0 } },
    });
  }

  async call(call: object): Promise<void> {
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: { "content-type": "application/json", "mesos-stream-id": this.#streamId },
      body: JSON.stringify({ framework_id: { value: this.frameworkId }, ...call }),
    });
    if (answer.status !== 202) throw new Error(`${JSON.stringify(call)}: ${answer.status} ${await answer.text()}`);
  }

  close(): void {
    this.#aborter.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = Buffer.alloc(0);
    try {
      for await (const chunk of body) {
        rest = Buffer.concat([rest, chunk]);
        for (;;) {
          const end = rest.indexOf("\n");
          const length = end === -1 ? Infinity : Number(rest.toString("ascii", 0, end));
          if (rest.length < end + 1 + length) break;
          this.#events.push(JSON.parse(rest.toString("utf8", end + 1, end + 1 + length)) as SchedulerEvent);
          rest = rest.subarray(end + 1 + length);
        }
        this.#wake();
      }
    } catch {
      // Closed by us, or with the master.
    }
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
