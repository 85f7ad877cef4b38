import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** `berth-agent --work_dir=DIR` in a process of its own, with the master that it starts. */
export interface OperatorAgent extends AsyncDisposable {
  /** `127.0.0.1:41234` */
  readonly master: string;
}

/** What is offered, whatever the machine has. */
export const offeredResources = "cpus:20000;mem:4000000;disk:4000000";

export async function startOperatorAgent(socketPath: string): Promise<OperatorAgent> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-bench-agent-"));
  const flags = [
    `--work_dir=${folder}/work`,
    `--fetcher_cache_dir=${folder}/fetch`,
    `--docker_socket=${socketPath}`,
    `--resources=${offeredResources}`,
    "--port=0",
    "--master_port=0",
    "--registration_backoff_factor=10ms",
    "--docker_remove_delay=0secs",
  ];
  const nodeOptions = process.execArgv.filter((option) => option.startsWith("--conditions"));
  const child = spawn(process.execPath, [...nodeOptions, agentMain(), ...flags], {
    cwd: folder,
    // Ctrl-C is for the bench: an agent that gets it leaves its tasks running.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const { addresses, ended } = follow(child);
  // SIGUSR1: it unregisters, with all tasks ended and their containers removed, also when the bench breaks off.
  const end = () => child.kill("SIGUSR1");
  process.once("exit", end);
  try {
    return {
      master: (await addresses).master,
      async [Symbol.asyncDispose]() {
        end();
        process.off("exit", end);
        const { code, tail } = await ended;
        if (code !== 0) throw new Error(`berth-agent ended with ${code}:\n${tail}`);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** The built one, or with `--conditions=@berth/source` the source. */
function agentMain(): string {
  const index = fileURLToPath(import.meta.resolve("@berth/agent"));
  return path.join(path.dirname(index), `main${path.extname(index)}`);
}

function follow(child: ChildProcess) {
  const addresses = Promise.withResolvers<{ readonly master: string }>();
  const ended = Promise.withResolvers<{ readonly code: number | null; readonly tail: string }>();
  let tail = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-20_000);
    const found = /^berth-agent: agent \S+, master ([\d.:]+),/m.exec(tail)?.[1];
    if (found !== undefined) addresses.resolve({ master: found });
  });
  child.once("error", addresses.reject);
  child.once("close", (code) => {
    addresses.reject(new Error(`berth-agent did not start:\n${tail}`));
    ended.resolve({ code, tail });
  });
  return { addresses: addresses.promise, ended: ended.promise };
}
