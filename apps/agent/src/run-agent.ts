import { readFileSync } from "node:fs";
import { parseAgentFlags, usage } from "@berth/agent-flags";
import { type AdjustableLog, createLog } from "@berth/log";
import type { AgentIo } from "./agent-io.ts";
import { explainError } from "./explain-error.ts";
import { EndingWatch } from "./ending.ts";
import { berthVersion, mesosVersion } from "./version.ts";

/** The agent from its arguments to its end. `argv` without the program's name. Resolves with the exit code; never rejects. */
export async function runAgent(argv: readonly string[], io: AgentIo): Promise<number> {
  const parsed = parseAgentFlags(argv, io.env, { readFile: (path) => readFileSync(path, "utf8") });
  if (parsed.kind === "help") {
    io.stdout.write(`${usage()}\n`);
    return 0;
  }
  if (parsed.kind === "version") {
    io.stdout.write(`berth-agent ${berthVersion()} (mesos ${mesosVersion})\n`);
    return 0;
  }
  if (parsed.kind === "invalid") {
    io.stderr.write(`berth-agent: ${parsed.message} (berth-agent --help lists the flags)\n`);
    return 1;
  }
  const { flags } = parsed;
  const log: AdjustableLog = createLog(
    { write: (line) => void (flags.quiet ? undefined : io.stderr.write(line)), now: io.now },
    { level: flags.loggingLevel, format: flags.logFormat },
  );
  io.onUncaught?.((error) => log.error("a fault of the agent itself ends it; its tasks run on", { error }));
  for (const { flag, note } of parsed.notes) log.warn("about a flag", { flag, note });
  const watch = new EndingWatch();
  io.onSignal((signal) => {
    watch.end({ kind: signal === "SIGUSR1" ? "unregister" : "leave", why: signal });
  });
  try {
    // Loaded only now: a question about flags, or a wrong one, needs no agent to be answered.
    const { serve } = await import("./serve.ts");
    return await serve(parsed, { io, log, watch });
  } catch (error) {
    if (watch.begun.aborted) return 0;
    io.stderr.write(`berth-agent: ${explainError(error)}\n`);
    return 1;
  }
}
