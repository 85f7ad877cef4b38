import { homedir, userInfo } from "node:os";
import process from "node:process";
import { runCli } from "./cli.ts";
import { explainError } from "./explain-error.ts";
import type { CliIo } from "./cli-io.ts";
import { exitCodes, signalExitCode } from "./exit-code.ts";
import { FdWriter } from "./output/fd-writer.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the command line and ends the process with its exit code. */
export async function runProcess(argv: readonly string[]): Promise<never> {
  const stdout = new FdWriter(1);
  const stderr = new FdWriter(2);
  const listeners: ((signal: NodeJS.Signals) => void)[] = [];
  // A fault of ours must not leave a task without anybody who watches it: it is ended like with SIGTERM.
  process.on("uncaughtException", (error) => {
    void stderr.write(`error: ${explainError(error)}\n`);
    if (listeners.length === 0) process.exit(exitCodes.notRun);
    for (const listener of listeners) listener("SIGTERM");
  });
  const io: CliIo = {
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.(),
    home: homedir(),
    user: userName(),
    now: Date.now,
    stdin: process.stdin,
    stdout,
    stderr,
    terminal: process.stderr.isTTY ? process.stderr : undefined,
    onSignal: (listener) => {
      listeners.push(listener);
      for (const signal of signals) process.on(signal, () => listener(signal));
    },
  };
  const exitCode = await runCli(argv, io);
  await Promise.all([stdout.flush(), stderr.flush()]);
  if (stdout.stuck || stderr.stuck) await endBySignal(exitCode);
  process.exit(exitCode);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "nobody"); // a uid without an entry
  }
}

/** Ends by the signal that the exit code stands for; a shell sees the same code. */
async function endBySignal(exitCode: number): Promise<void> {
  const signal = signals.find((name) => signalExitCode(name) === exitCode) ?? "SIGINT";
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise(() => undefined);
}
