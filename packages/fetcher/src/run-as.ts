import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import type { Owner } from "./fs/directory.ts";

export interface RunOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined: as ourselves. */
  readonly runAs: Identity | undefined;
  readonly cwd?: string | undefined;
  readonly stdio: StdioOptions;
  readonly signal: AbortSignal;
}

export interface Identity extends Owner {
  readonly groups: readonly number[];
}

export interface RunResult {
  readonly exitCode: number | undefined;
  readonly exitSignal: NodeJS.Signals | undefined;
  /** The end of what it wrote to standard error. */
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves when it has ended and its pipes are read; rejects when it could not be started. */
  readonly ended: Promise<RunResult>;
}

const stderrLimit = 4096;

/**
 * Starts a program in a process group of its own, with the rights of a user, and kills the whole group on abort.
 * spawn(2) with uid alone would drop the supplementary groups, so where there are some `setpriv` sets them.
 */
export function startAs(options: RunOptions): Running {
  const { runAs } = options;
  const viaSetpriv = runAs !== undefined && runAs.groups.length > 0;
  const program = viaSetpriv ? "setpriv" : options.program;
  const args = viaSetpriv
    ? [
        `--reuid=${runAs.uid}`,
        `--regid=${runAs.gid}`,
        `--groups=${runAs.groups.join(",")}`,
        "--",
        options.program,
        ...options.args,
      ]
    : [...options.args];
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...options.environment, LC_ALL: "C" },
    stdio: options.stdio,
    detached: true,
    ...(runAs !== undefined && !viaSetpriv && { uid: runAs.uid, gid: runAs.gid }),
  });
  return { child, ended: settle(child, options.signal) };
}

function settle(child: ChildProcess, signal: AbortSignal): Promise<RunResult> {
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("latin1")).slice(-stderrLimit);
  });
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // Gone between the look and the kill.
    }
  };
  if (signal.aborted) kill();
  signal.addEventListener("abort", kill, { once: true });
  return new Promise<RunResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, exitSignal) =>
      resolve({ exitCode: code ?? undefined, exitSignal: exitSignal ?? undefined, stderr: stderr.trim() }),
    );
  }).finally(() => signal.removeEventListener("abort", kill));
}
