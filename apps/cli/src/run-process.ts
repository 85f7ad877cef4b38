import { homedir } from "node:os";
import process from "node:process";
import { runCli } from "./cli.ts";
import type { CliIo } from "./cli-io.ts";
import { FdWriter } from "./output/fd-writer.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the command line and ends the process with its exit code. */
export async function runProcess(argv: readonly string[]): Promise<never> {
  const stdout = new FdWriter(1);
  const stderr = new FdWriter(2);
  const io: CliIo = {
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.(),
    home: homedir(),
    now: Date.now,
    stdin: process.stdin,
    stdout,
    stderr,
    terminal: process.stderr.isTTY ? process.stderr : undefined,
    onSignal: (listener) => {
      for (const signal of signals) process.on(signal, () => listener(signal));
    },
  };
  const exitCode = await runCli(argv, io);
  await Promise.all([stdout.flush(), stderr.flush()]);
  process.exit(exitCode);
}
