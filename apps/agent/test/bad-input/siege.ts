import { readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import net, { type Socket } from "node:net";
import path from "node:path";
import { onTestFinished } from "vitest";
import {
  type Addresses,
  type AgentWorld,
  agentWorld,
  dockerTask,
  type RunningAgent,
  testImage,
} from "../e2e/agent-world.ts";
import type { PlainScheduler } from "../e2e/plain-scheduler.ts";

interface StateTask {
  readonly id: string;
  readonly state: string;
}

interface AgentState {
  readonly frameworks: readonly {
    readonly executors: readonly {
      readonly id: string;
      readonly directory: string;
      readonly tasks: readonly StateTask[];
    }[];
  }[];
}

interface Slave {
  readonly active: boolean;
  readonly registered_time: number;
  readonly reregistered_time?: number;
}

/** A whole agent that runs one real Docker task, the witness: whatever is done to the agent, the witness must not feel it. */
export class Siege {
  readonly world: AgentWorld;
  readonly agent: RunningAgent & Addresses;
  readonly scheduler: PlainScheduler;
  readonly image: string;
  #directory = "";
  #memoryMiB = 0;
  /** What `slaves` said at the start. */
  before: readonly Slave[] = [];

  static async lay(socketPath: string): Promise<Siege> {
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const agent = await world.alone();
    const scheduler = await world.framework(agent.master);
    const witness = dockerTask(image, "witness", 'while ! test -e "$MESOS_SANDBOX/done"; do sleep 0.1; done');
    await scheduler.launch(await scheduler.offer(), witness);
    await scheduler.status("witness", "TASK_RUNNING");
    const siege = new Siege({ world, agent, scheduler, image });
    const [executor] = await siege.executors();
    siege.#directory = executor?.directory ?? "";
    siege.#memoryMiB = await memoryMiB(agent, "VmRSS");
    siege.before = await siege.slaves();
    return siege;
  }

  private constructor({ world, agent, scheduler, image }: Pick<Siege, "world" | "agent" | "scheduler" | "image">) {
    this.world = world;
    this.agent = agent;
    this.scheduler = scheduler;
    this.image = image;
  }

  get agentPort(): number {
    return Number(this.agent.agent.split(":")[1]);
  }

  get masterPort(): number {
    return Number(this.agent.master.split(":")[1]);
  }

  /** Those of all frameworks that the agent has now. */
  async executors(): Promise<AgentState["frameworks"][0]["executors"]> {
    const { frameworks } = (await (await fetch(`http://${this.agent.agent}/state`)).json()) as AgentState;
    return frameworks.flatMap(({ executors }) => executors);
  }

  /** How often a part of a line stands in the log. */
  said(part: string): number {
    return this.agent
      .log()
      .split("\n")
      .filter((line) => line.includes(part)).length;
  }

  /** What can be seen of agent and witness; `unharmed` when all is well. */
  async look(): Promise<typeof unharmed> {
    const executors = await this.executors();
    const containers = await this.world.containers();
    const slaves = await this.slaves();
    return {
      exitCode: this.agent.child.exitCode,
      health: (await fetch(`http://${this.agent.agent}/health`)).status,
      tasks: executors.flatMap(({ tasks }) => tasks.map(({ id, state }) => `${id} ${state}`)),
      running: containers.filter(({ State }) => State === "running").length,
      active: slaves.map(({ active }) => active),
    };
  }

  /** As the master has it; what would change if the agent had been away. */
  slaves(): Promise<readonly Slave[]> {
    return slavesOf(this.agent);
  }

  /** The witness ends, and that is told; resolves with the MiB that the process had at most beyond those of the start. */
  async finish(): Promise<number> {
    await writeFile(path.join(this.#directory, "done"), "");
    await this.scheduler.status("witness", "TASK_FINISHED");
    return (await memoryMiB(this.agent, "VmHWM")) - this.#memoryMiB;
  }
}

/**
 * What `Siege.look` sees of an agent that goes on. Who speaks in the master's name and hangs up makes the agent register again, so that
 * it may be away from its master for a moment: poll.
 */
export const unharmed: {
  readonly exitCode: number | null;
  readonly health: number;
  readonly tasks: readonly string[];
  readonly running: number;
  readonly active: readonly boolean[];
} = { exitCode: null, health: 200, tasks: ["witness TASK_RUNNING"], running: 1, active: [true] };

async function slavesOf(agent: Addresses): Promise<readonly Slave[]> {
  const { slaves } = (await (await fetch(`http://${agent.master}/slaves`)).json()) as { slaves: readonly Slave[] };
  return slaves.map(({ active, registered_time, reregistered_time = 0 }) => ({
    active,
    registered_time,
    reregistered_time,
  }));
}

async function memoryMiB({ child }: RunningAgent, what: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
}

export interface Peer {
  readonly socket: Socket;
  /** What has come back, latin1. */
  text(): string;
  readonly closed: Promise<void>;
}

/** A connection for bytes; ends with the test. */
export async function connect(port: number, localAddress = "127.0.0.1"): Promise<Peer> {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
  let text = "";
  socket.on("data", (bytes) => (text += bytes.toString("latin1")));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  onTestFinished(() => void socket.destroy());
  await Promise.race([once(socket, "connect"), closed]);
  return { socket, text: () => text, closed };
}

export function statuses(peer: Peer): readonly number[] {
  return [...peer.text().matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
