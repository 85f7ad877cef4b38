import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type AgentCore, type AgentCoreDeps, type AgentCoreOptions, createAgentCore } from "@berth/agent-core";
import { silentLog } from "@berth/log";
import { decodeMessage, encodeMessage, type MessageCodec } from "@berth/proto";
import {
  KillTaskMessage,
  RunTaskMessage,
  ShutdownFrameworkMessage,
  StatusUpdateAcknowledgementMessage,
  StatusUpdateMessage,
} from "@berth/proto/internal/messages";
import type { FrameworkInfo, TaskInfo } from "@berth/proto/internal";
import { parseResources } from "@berth/resources";
import { createStatusUpdates } from "@berth/status-updates";
import { onTestFinished } from "vitest";
import { ScriptedContainerizer } from "./scripted-containerizer.ts";

export const agentId = "11111111-2222-3333-4444-555555555555-S0";
export const frameworkId = "11111111-2222-3333-4444-555555555555-0000";

/** Timers that elapse when the test says so. */
export class ManualTimers {
  #next = 1;
  readonly #due = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  nowMs = 1_700_000_000_000;

  start(delayMs: number, run: () => void): () => void {
    const handle = this.set(run, delayMs);
    return () => this.clear(handle);
  }

  set(run: () => void, delayMs: number): number {
    this.#due.set(this.#next, { atMs: this.nowMs + delayMs, run });
    return this.#next++;
  }

  clear(handle: number): void {
    this.#due.delete(handle);
  }

  get size(): number {
    return this.#due.size;
  }

  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.#due].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#due.delete(next[0]);
      this.nowMs = next[1].atMs;
      next[1].run();
    }
    this.nowMs = untilMs;
  }
}

export interface Sent {
  readonly name: string;
  readonly body: Uint8Array;
}

export interface World {
  readonly core: AgentCore;
  readonly containerizer: ScriptedContainerizer;
  readonly sent: Sent[];
  readonly timers: ManualTimers;
  readonly workDirectory: string;
  /** A message of the master's. */
  tell<T extends object>(codec: MessageCodec<T>, message: T): void;
  tellBytes(name: string, body: Uint8Array): void;
  run(taskId: string, more?: { task?: TaskInfo; framework?: FrameworkInfo; message?: RunTaskMessage }): void;
  kill(taskId: string): void;
  shutDownFramework(id?: string): void;
  acknowledge(update: StatusUpdateMessage): void;
  /** What went to the master of one kind. */
  sentOf<T extends object>(codec: MessageCodec<T>): T[];
  /** `TASK_RUNNING`, ... of a task, in the order of their sending; repetitions counted. */
  states(taskId: string): string[];
  /** The last update that was sent of the task. */
  lastUpdate(taskId: string): StatusUpdateMessage;
}

export interface WorldOptions {
  readonly workDirectory?: string;
  readonly options?: Partial<AgentCoreOptions>;
  readonly deps?: Partial<AgentCoreDeps>;
  readonly timers?: ManualTimers;
  /** The master acknowledges what it gets. */
  readonly acknowledges?: boolean;
  /** Not recovered, not registered. */
  readonly raw?: boolean;
}

/** An agent core with real update streams, a containerizer that does as told, and a master that remembers. */
export async function startWorld(given: WorldOptions = {}): Promise<World> {
  const workDirectory = given.workDirectory ?? (await temporaryDirectory());
  const timers = given.timers ?? new ManualTimers();
  const containerizer = new ScriptedContainerizer();
  const sent: Sent[] = [];
  const core = createAgentCore(
    {
      containerizer,
      createStatusUpdates: (forward) => createStatusUpdates({ forward, log: silentLog, timers }),
      sendToMaster(name, body) {
        sent.push({ name, body });
        if (given.acknowledges === true && name === StatusUpdateMessage.$type) {
          const read = decodeMessage(StatusUpdateMessage, body);
          if (read.ok) queueMicrotask(() => acknowledge(read.value));
        }
        return true;
      },
      sendToPid() {},
      log: silentLog,
      now: () => timers.nowMs,
      timers,
      ...given.deps,
    },
    {
      workDirectory,
      pid: "slave(1)@10.0.0.2:5051",
      hostname: "node1",
      port: 5051,
      resources: parseResources("cpus:16;mem:8192;disk:10240;ports:[31000-32000]"),
      attributes: [],
      version: "1.11.0",
      switchUser: false,
      executorShutdownGracePeriodMs: 5000,
      maxCompletedExecutorsPerFramework: 150,
      ip: "10.0.0.2",
      ...given.options,
    },
  );

  function tellBytes(name: string, body: Uint8Array): void {
    core.onMessage({ from: { id: "master", host: "10.0.0.1", port: 5050 }, to: "slave(1)", name, body });
  }
  function tell<T extends object>(codec: MessageCodec<T>, message: T): void {
    tellBytes(codec.$type, encodeMessage(codec, message));
  }
  function acknowledge({ update }: StatusUpdateMessage): void {
    tell(StatusUpdateAcknowledgementMessage, {
      slaveId: update?.slaveId,
      frameworkId: update?.frameworkId,
      taskId: update?.status?.taskId,
      uuid: update?.uuid,
    });
  }
  function sentOf<T extends object>(codec: MessageCodec<T>): T[] {
    return sent
      .filter(({ name }) => name === codec.$type)
      .map(({ body }) => {
        const read = decodeMessage(codec, body);
        if (!read.ok) throw new Error(`an unreadable ${codec.$type} was sent`);
        return read.value;
      });
  }
  const updatesOf = (taskId: string) =>
    sentOf(StatusUpdateMessage).filter(({ update }) => update?.status?.taskId?.value === taskId);

  onTestFinished(() => core.close());
  if (given.raw !== true) {
    await core.recover();
    await core.onRegistered(agentId);
    core.onConnected(true);
  }
  return {
    core,
    containerizer,
    sent,
    timers,
    workDirectory,
    tell,
    tellBytes,
    run: (taskId, more = {}) =>
      tell(RunTaskMessage, {
        framework: frameworkInfo(more.framework),
        task: commandTask(taskId, more.task),
        pid: "@0.0.0.0:0",
        launchExecutor: true,
        ...more.message,
      }),
    kill: (taskId) => tell(KillTaskMessage, { frameworkId: { value: frameworkId }, taskId: { value: taskId } }),
    shutDownFramework: (id = frameworkId) => tell(ShutdownFrameworkMessage, { frameworkId: { value: id } }),
    acknowledge,
    sentOf,
    states: (taskId) => updatesOf(taskId).map(({ update }) => update?.status?.state ?? ""),
    lastUpdate(taskId) {
      const last = updatesOf(taskId).at(-1);
      if (last === undefined) throw new Error(`nothing was told of ${taskId}`);
      return last;
    },
  };
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "berth-agent-core-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function frameworkInfo(more: FrameworkInfo = {}): FrameworkInfo {
  return {
    user: "root",
    name: "tests",
    id: { value: frameworkId },
    roles: ["*"],
    capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
    ...more,
  };
}

export function commandTask(taskId: string, more: TaskInfo = {}): TaskInfo {
  return {
    name: taskId,
    taskId: { value: taskId },
    slaveId: { value: agentId },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.5 }, allocationInfo: { role: "*" } },
      { name: "mem", type: "SCALAR", scalar: { value: 32 }, allocationInfo: { role: "*" } },
    ],
    command: { value: "sleep 600" },
    container: { type: "DOCKER", docker: { image: "busybox" } },
    ...more,
  };
}
