import { type ChildProcess, fork } from "node:child_process";
import { mkdir, mkdtemp } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const program = fileURLToPath(new URL("../fixtures/mesos-framework-scheduler.cjs", import.meta.url));

export interface SeenUpdate {
  readonly taskId: string;
  readonly state: string;
  readonly agentId: string;
}

export interface FrameworkConfig {
  readonly name: string;
  /** `127.0.0.1:5050` */
  readonly master: string;
  readonly image: string;
  readonly command: string;
  readonly instances: number;
  readonly restartStates: readonly string[];
  /** Where it keeps its id and its tasks; nowhere when absent. */
  readonly zooKeeper?: string;
}

/** A framework on the npm package `mesos-framework`, unmodified, in a process of its own. */
export class MesosFramework {
  readonly updates: SeenUpdate[] = [];
  readonly errors: string[] = [];
  readonly events: string[] = [];
  frameworkId: string | undefined;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message: { event: string } & Record<string, string>) => {
      this.events.push(message.event);
      if (message.event === "subscribed") this.frameworkId = message["frameworkId"];
      if (message.event === "error") this.errors.push(message["message"] ?? "");
      if (message.event === "update") this.updates.push(message as unknown as SeenUpdate);
    });
  }

  /** The package wants a folder `logs` where it runs. */
  static async start(folder: string, config: FrameworkConfig): Promise<MesosFramework> {
    const directory = await mkdtemp(path.join(folder, "framework-"));
    await mkdir(path.join(directory, "logs"));
    const [host, port] = config.master.split(":");
    const child = fork(program, [JSON.stringify({ ...config, host, port: Number(port) })], {
      cwd: directory,
      execArgv: ["--no-deprecation"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return new MesosFramework(child);
  }

  /** Tasks whose newest state is this one. */
  in(state: string): readonly SeenUpdate[] {
    const newest = new Map(this.updates.map((update) => [update.taskId, update]));
    return [...newest.values()].filter((update) => update.state === state);
  }

  send(message: object): void {
    this.#child.send(message);
  }

  /** Ends the scheduler as a crash would: no word to the master. */
  async crash(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    this.#child.kill("SIGKILL");
    await gone;
  }
}
