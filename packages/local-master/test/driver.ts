import { convertMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import { FrameworkInfo as InternalFrameworkInfo, SlaveInfo, Task as InternalTask } from "@berth/proto/internal";
import {
  ExitedExecutorMessage,
  RegisterSlaveMessage,
  ReregisterSlaveMessage,
  StatusUpdateMessage,
  UnregisterSlaveMessage,
} from "@berth/proto/internal/messages";
import type { FrameworkInfo, Resource, Task, TaskInfo, TaskState } from "@berth/proto/v1";
import { AgentInfo, FrameworkInfo as FrameworkInfoCodec, Task as TaskCodec } from "@berth/proto/v1";
import { type Call, type Event, type Event_Type } from "@berth/proto/v1/scheduler";
import { parseResources } from "@berth/resources";
import { type Books, createBooks, type MasterSettings } from "../src/books/books.ts";
import { type MasterInput, takeTurn } from "../src/books/take-turn.ts";
import type { MasterEffect } from "../src/books/turn.ts";
import { decodeNamed } from "./raw-agent.ts";

export interface Sent {
  readonly to: string;
  readonly name: string;
  readonly value: Record<string, unknown>;
}

export const settings: MasterSettings = {
  agentPingTimeoutMs: 15_000,
  maxAgentPingTimeouts: 5,
  agentReregisterTimeoutMs: 600_000,
  allocationIntervalMs: 1000,
  heartbeatIntervalMs: 15_000,
};

export const capabilities = ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "AGENT_DRAINING"] as const;

/** The books with a clock of the test's own: every input is a turn, every effect is kept. */
export class Driver {
  readonly books: Books;
  now = 1_000_000;
  readonly effects: MasterEffect[] = [];
  #streams = 0;

  constructor(changes: Partial<MasterSettings> = {}) {
    const pid = { id: "master", host: "127.0.0.1", port: 5050 };
    this.books = createBooks("m", pid, { ...settings, ...changes }, this.now);
  }

  turn(input: MasterInput): readonly MasterEffect[] {
    const effects = takeTurn(this.books, input, this.now);
    this.effects.push(...effects);
    return effects;
  }

  /** Lets time pass, with a tick each 100 ms; agents answer their pings unless told otherwise. */
  pass(ms: number, { pongs = true } = {}): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now = Math.min(end, this.now + 100);
      this.turn({ type: "tick" });
      if (pongs) for (const agentId of this.books.agents.keys()) this.turn({ type: "pong", agentId });
    }
  }

  agentMessage<T extends object>(codec: MessageCodec<T>, message: T, port = 5051): void {
    const from = { id: "slave(1)", host: "127.0.0.1", port };
    this.turn({ type: "agent-message", from, name: codec.$type, body: encodeMessage(codec, message) });
  }

  register(resources = "cpus:4;mem:1024;disk:1000;ports:[31000-32000]", port = 5051, more: object = {}): string {
    this.agentMessage(
      RegisterSlaveMessage,
      {
        slave: slaveInfo(resources, port),
        version: "1.11.0",
        agentCapabilities: capabilities.map((type) => ({ type })),
        ...more,
      },
      port,
    );
    return this.books.agentsByPid.get(`slave(1)@127.0.0.1:${port}`) ?? "";
  }

  reregister(
    agentId: string,
    tasks: readonly Task[] = [],
    frameworks: readonly FrameworkInfo[] = [],
    more: { readonly port?: number; readonly resources?: string; readonly message?: object } = {},
  ): void {
    const { port = 5051, resources = "cpus:4;mem:1024;disk:1000;ports:[31000-32000]" } = more;
    this.agentMessage(
      ReregisterSlaveMessage,
      {
        slave: { ...slaveInfo(resources, port), id: { value: agentId } },
        tasks: tasks.map((task) => convertMessage(TaskCodec, InternalTask, task)),
        frameworks: frameworks.map((info) => convertMessage(FrameworkInfoCodec, InternalFrameworkInfo, info)),
        version: "1.11.0",
        agentCapabilities: capabilities.map((type) => ({ type })),
        ...more.message,
      },
      port,
    );
  }

  unregister(agentId: string, port = 5051): void {
    this.agentMessage(UnregisterSlaveMessage, { slaveId: { value: agentId } }, port);
  }

  subscribe(info: FrameworkInfo = {}, more: object = {}): Subscription {
    const streamId = `stream-${this.#streams++}`;
    const frameworkInfo: FrameworkInfo = { user: "root", name: "f", ...info };
    this.turn({ type: "subscribe", call: { frameworkInfo, ...more }, streamId });
    return new Subscription(this, streamId);
  }

  /** Messages to agents of a name, all so far. */
  sent(name: string): Sent[] {
    return this.effects.flatMap((effect) => {
      if (effect.type !== "send" || effect.message.name !== `mesos.internal.${name}`) return [];
      const value = decodeNamed(name, effect.message.body) as Record<string, unknown>;
      return [{ to: `${effect.to.id}@${effect.to.host}:${effect.to.port}`, name, value }];
    });
  }

  /** Names of the messages to agents, all so far, without pings. */
  names(): string[] {
    return this.effects.flatMap((effect) =>
      effect.type === "send" && !effect.message.name.endsWith("PingSlaveMessage")
        ? [effect.message.name.replace("mesos.internal.", "")]
        : [],
    );
  }

  update(agentId: string, frameworkId: string, taskId: string, state: TaskState, more: object = {}): Uint8Array {
    const uuid = crypto.getRandomValues(new Uint8Array(16));
    this.agentMessage(StatusUpdateMessage, {
      update: {
        frameworkId: { value: frameworkId },
        slaveId: { value: agentId },
        status: { taskId: { value: taskId }, state, uuid, slaveId: { value: agentId }, source: "SOURCE_EXECUTOR" },
        timestamp: 1,
        uuid,
        ...more,
      },
      pid: "slave(1)@127.0.0.1:5051",
    });
    return uuid;
  }

  exitedExecutor(agentId: string, frameworkId: string, executorId: string, status: number): void {
    this.agentMessage(ExitedExecutorMessage, {
      slaveId: { value: agentId },
      frameworkId: { value: frameworkId },
      executorId: { value: executorId },
      status,
    });
  }
}

/** One subscription's end. */
export class Subscription {
  readonly streamId: string;
  readonly #driver: Driver;

  constructor(driver: Driver, streamId: string) {
    this.#driver = driver;
    this.streamId = streamId;
  }

  get frameworkId(): string {
    return this.events("SUBSCRIBED")[0]?.subscribed?.frameworkId?.value ?? "";
  }

  get ended(): boolean {
    return this.#driver.effects.some((effect) => effect.type === "end-stream" && effect.streamId === this.streamId);
  }

  events(type?: Event_Type): Event[] {
    return this.#driver.effects.flatMap((effect) =>
      effect.type === "event" && effect.streamId === this.streamId && (type === undefined || effect.event.type === type)
        ? [effect.event]
        : [],
    );
  }

  offers() {
    return this.events("OFFERS").flatMap((event) => event.offers?.offers ?? []);
  }

  statuses() {
    return this.events("UPDATE").map((event) => event.update?.status ?? {});
  }

  call(call: Call): void {
    this.#driver.turn({ type: "call", call: { frameworkId: { value: this.frameworkId }, ...call } });
  }

  /** Accepts the newest offer for these tasks. */
  launch(tasks: readonly TaskInfo[], refuseSeconds = 0, offer = this.offers().at(-1)): void {
    const filled = tasks.map((task) => ({ agentId: offer?.agentId, ...task }));
    this.call({
      type: "ACCEPT",
      accept: {
        offerIds: offer?.id === undefined ? [] : [offer.id],
        operations: [{ type: "LAUNCH", launch: { taskInfos: filled } }],
        filters: { refuseSeconds },
      },
    });
  }

  end(): void {
    this.#driver.turn({ type: "stream-ended", streamId: this.streamId });
  }
}

export function task(id: string, resources = "cpus:1;mem:64", more: TaskInfo = {}): TaskInfo {
  return {
    name: id,
    taskId: { value: id },
    resources: bare(parseResources(resources)),
    command: { value: "true" },
    ...more,
  };
}

/** As frameworks send them: no roles. */
function bare(resources: readonly Resource[]): Resource[] {
  return resources.map(({ role: _role, ...rest }) => rest);
}

function slaveInfo(resources: string, port: number): SlaveInfo {
  const info = { hostname: "127.0.0.1", resources: [...parseResources(resources)], port };
  return { ...convertMessage(AgentInfo, SlaveInfo, info), checkpoint: true };
}
