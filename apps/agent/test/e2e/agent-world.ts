import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { engineRequest, ensureTestImage } from "@berth/testkit";
import { onTestFinished, vi } from "vitest";
import { PlainScheduler } from "./plain-scheduler.ts";

// Each test starts whole agents, and tasks in a real engine: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000 });

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** A `berth-agent` under way, from its sources. */
export interface RunningAgent {
  readonly child: ChildProcess;
  /** What it has written to stderr so far. */
  readonly log: () => string;
  /** Resolves when stderr has shown it; rejects when the agent has ended without. */
  readonly shows: (part: string | RegExp) => Promise<string>;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly log: string;
  }>;
}

export interface Addresses {
  /** `127.0.0.1:41234` */
  readonly agent: string;
  readonly master: string;
}

/** A folder, and every agent and container that comes from it; all go with the test. */
export class AgentWorld {
  readonly folder: string;
  readonly socketPath: string;
  readonly #children = new Set<ChildProcess>();

  constructor(folder: string, socketPath: string) {
    this.folder = folder;
    this.socketPath = socketPath;
  }

  get workDirectory(): string {
    return path.join(this.folder, "work");
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningAgent {
    const child = spawn(process.execPath, ["--conditions=@berth/source", main, ...args], {
      cwd: this.folder,
      env: { PATH: process.env["PATH"], DOCKER_HOST: `unix://${this.socketPath}`, HOME: this.folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    let seen = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => (seen += part));
    }
    const ended = new Promise<Awaited<RunningAgent["ended"]>>((resolve) => {
      child.once("close", (code, signal) => {
        this.#children.delete(child);
        resolve({ code, signal, log: seen });
      });
    });
    const shows = (part: string | RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => {
          const found = typeof part === "string" ? (seen.includes(part) ? part : undefined) : part.exec(seen)?.[0];
          if (found === undefined) return;
          child.stderr.off("data", look);
          resolve(found);
        };
        child.stderr.on("data", look);
        child.once("close", () => reject(new Error(`ended without showing ${String(part)}: ${seen}`)));
        look();
      });
    return { child, log: () => seen, shows, ended };
  }

  /** An agent on this world's work folder, any ports; resolves when it has told its addresses. */
  async agent(args: readonly string[] = []): Promise<RunningAgent & Addresses> {
    const running = this.start([
      `--work_dir=${this.workDirectory}`,
      "--port=0",
      "--registration_backoff_factor=10ms",
      ...args,
    ]);
    const line = await running.shows(/^berth-agent: agent .*\n/m);
    const [, agent = "", master = ""] = /agent slave\(1\)@([\d.:]+), master (\S+),/.exec(line) ?? [];
    return { ...running, agent, master };
  }

  /** The usual one: with a master of its own. */
  alone(args: readonly string[] = []): Promise<RunningAgent & Addresses> {
    return this.agent(["--master_port=0", ...args]);
  }

  async framework(master: string, info: object = {}): Promise<PlainScheduler> {
    const scheduler = await PlainScheduler.subscribe(master, { user: "root", name: "e2e", ...info });
    onTestFinished(() => scheduler.close());
    return scheduler;
  }

  /** Every container, in whatever state, that has a folder of this world mounted. */
  async containers(): Promise<readonly { readonly Id: string; readonly State: string }[]> {
    if (!existsSync(this.socketPath)) return [];
    const { text } = await engineRequest(this.socketPath, "GET", "/containers/json?all=1");
    const all = JSON.parse(text) as { Id: string; State: string; Mounts: { Source?: string }[] }[];
    return all.filter(({ Mounts }) => Mounts.some(({ Source }) => Source?.startsWith(this.folder)));
  }

  /** The container's process ends as if by itself. */
  async killContainer(id: string): Promise<void> {
    await engineRequest(this.socketPath, "POST", `/containers/${id}/kill?signal=KILL`);
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const { Id } of await this.containers()) {
      await engineRequest(this.socketPath, "DELETE", `/containers/${Id}?force=true&v=true`);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function agentWorld(socketPath: string): Promise<AgentWorld> {
  const world = new AgentWorld(await mkdtemp(path.join(tmpdir(), "berth-test-agent-")), socketPath);
  onTestFinished(() => world.close());
  return world;
}

export function testImage(socketPath: string): Promise<string> {
  return ensureTestImage(socketPath, { ref: "berth-test-agent/busybox:1" });
}

/** A small Docker task that runs a shell line. */
export function dockerTask(image: string, id: string, line: string): object {
  return {
    name: id,
    task_id: { value: id },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 64 } },
    ],
    command: { value: line },
    container: { type: "DOCKER", docker: { image, network: "HOST" } },
  };
}
