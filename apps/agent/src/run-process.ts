import process from "node:process";
import { runAgent } from "./run-agent.ts";

/** Runs the agent as this process and ends it with its exit code. `onSignal` tells the signals, those that came before too. */
export async function runProcess(
  argv: readonly string[],
  onSignal: (listener: (signal: NodeJS.Signals) => void) => void,
): Promise<never> {
  // Nobody reads the log any more: no reason to leave the tasks.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const exitCode = await runAgent(argv, {
    env: process.env,
    cwd: process.cwd(),
    uid: process.getuid?.(),
    pid: process.pid,
    now: Date.now,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal,
    onUncaught: (listener) => {
      process.on("uncaughtException", (error) => {
        listener(error);
        // Tasks are the engine's children, not ours: they go on, and the next life of the agent sees to them.
        process.exit(1);
      });
    },
  });
  process.exit(exitCode);
}
