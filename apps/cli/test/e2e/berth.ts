import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { engineRequest, ensureTestImage } from "@berth/testkit";
import { onTestFinished, vi } from "vitest";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface BerthOptions {
  /** Undefined keeps it open; by default it is empty. */
  readonly stdin?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly cwd?: string;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** As printed; undefined when there was none. */
  readonly sandbox: string | undefined;
}

/** A `berth` under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** What stderr has shown so far. */
  shown(): string;
  /** Resolves when stderr has shown `part`. */
  shows(part: string): Promise<void>;
}

/** A folder for files and a work dir for one test; both go with it, and so does every container that was mounted from there. */
export class BerthWorld {
  readonly folder: string;
  readonly socketPath: string;

  constructor(folder: string, socketPath: string) {
    this.folder = folder;
    this.socketPath = socketPath;
  }

  get workDirectory(): string {
    return path.join(this.folder, "work");
  }

  /** The command from its sources, in this world's folder. `run` gets this world's work dir, unless it goes to a master. */
  start(args: readonly string[], options: BerthOptions = {}): Running {
    const [command = "", ...rest] = args;
    const own = command === "run" && !rest.includes("--master") ? ["--work-dir", this.workDirectory] : [];
    const child = spawn(process.execPath, ["--conditions=@berth/source", main, command, ...own, ...rest], {
      cwd: options.cwd ?? this.folder,
      env: { PATH: process.env["PATH"], DOCKER_HOST: `unix://${this.socketPath}`, HOME: this.folder, ...options.env },
      stdio: "pipe",
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    });
    child.stdin.on("error", () => undefined); // it may end without reading
    if (!("stdin" in options) || options.stdin !== undefined) child.stdin.end(options.stdin ?? "");
    let seen = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => (seen += part));
    // Listeners, not an iterator: a test may pause the stream, and then nobody reads.
    const output: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => output.push(part));
    const ended = new Promise<Ran>((resolve) => {
      child.once("close", (code) => {
        const sandbox = /^sandbox: (.*)$/m.exec(seen)?.[1];
        resolve({ code, stdout: Buffer.concat(output).toString("latin1"), stderr: seen, sandbox });
      });
    });
    const shows = (part: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!seen.includes(part)) return;
          child.stderr.off("data", look);
          resolve();
        };
        child.stderr.on("data", look);
        child.once("close", () => reject(new Error(`ended without showing ${JSON.stringify(part)}: ${seen}`)));
        look();
      });
    return { child, ended, shown: () => seen, shows };
  }

  run(args: readonly string[], options: BerthOptions = {}): Promise<Ran> {
    return this.start(args, options).ended;
  }

  /** Writes a task to a file and returns its path. */
  async task(task: object): Promise<string> {
    const file = path.join(this.folder, "task.json");
    await writeFile(file, JSON.stringify(task, undefined, 2));
    return file;
  }

  /** Resolves when a task has made a file of that name in its sandbox. */
  async appears(name: string): Promise<void> {
    const there = async () =>
      (await readdir(this.workDirectory, { recursive: true })).some((found) => found.endsWith(`/${name}`));
    await vi.waitUntil(there, { timeout: 30_000, interval: 50 });
  }

  /** Every container, in whatever state, that has a folder of this world mounted. */
  async containers(): Promise<readonly string[]> {
    if (!existsSync(this.socketPath)) return [];
    const { text } = await engineRequest(this.socketPath, "GET", "/containers/json?all=1");
    const all = JSON.parse(text) as { Id: string; Mounts: { Source?: string }[] }[];
    return all.filter(({ Mounts }) => Mounts.some(({ Source }) => Source?.startsWith(this.folder))).map(({ Id }) => Id);
  }
}

export async function berthWorld(socketPath: string): Promise<BerthWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-test-cli-"));
  const world = new BerthWorld(folder, socketPath);
  onTestFinished(async () => {
    for (const id of await world.containers())
      await engineRequest(socketPath, "DELETE", `/containers/${id}?force=true&v=true`);
    await rm(folder, { recursive: true, force: true });
  });
  return world;
}

/** The image that most tests run. */
export function testImage(socketPath: string): Promise<string> {
  return ensureTestImage(socketPath, { ref: "berth-test-cli/busybox:1" });
}

/** A small task; `command`, `docker` and the rest may be changed. */
export function dockerTask(
  image: string,
  command: object,
  { docker, container, ...rest }: { docker?: object; container?: object; [field: string]: unknown } = {},
): object {
  return {
    name: "test",
    task_id: { value: "test" },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 64 } },
    ],
    command,
    container: { type: "DOCKER", docker: { image, network: "NONE", ...docker }, ...container },
    ...rest,
  };
}

/** The states on stderr, in order. */
export function states(ran: Ran): readonly string[] {
  return [...ran.stderr.matchAll(/^(TASK_[A-Z]+)/gm)].map(([, state = ""]) => state);
}

/** What is in the sandbox beside the two files of the task's output. */
export async function sandboxFiles(ran: Ran): Promise<readonly string[]> {
  if (ran.sandbox === undefined) throw new Error(`no sandbox: ${ran.stderr}`);
  return (await readdir(ran.sandbox)).filter((name) => name !== "stdout" && name !== "stderr").sort();
}
