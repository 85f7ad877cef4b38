import { parseArguments } from "./arguments/program.ts";
import { CliError } from "./cli-error.ts";
import type { CliIo } from "./cli-io.ts";
import { explainError } from "./explain-error.ts";
import { exitCodes } from "./exit-code.ts";

/** The whole program. Resolves with the exit code; never rejects. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const parsed = parseArguments(argv);
  if (parsed.kind === "print") {
    void io.stdout.write(parsed.stdout);
    void io.stderr.write(parsed.stderr);
    return parsed.exitCode;
  }
  const { command } = parsed;
  const failed = command.command === "run" ? exitCodes.notRun : exitCodes.failed;
  try {
    switch (command.command) {
      case "run":
        return await (await import("./commands/run.ts")).runCommand(command, io);
      case "explain":
        return await (await import("./commands/explain.ts")).explainCommand(command, io);
      case "validate":
        return await (await import("./commands/validate.ts")).validateCommand(command, io);
      case "ps":
        return await (await import("./commands/ps.ts")).psCommand(command, io);
      case "kill":
        return await (await import("./commands/kill.ts")).killCommand(command, io);
      case "logs":
        return await (await import("./commands/logs.ts")).logsCommand(command, io);
      case "state":
        return await (await import("./commands/state.ts")).stateCommand(command, io);
      case "completion":
        return await (await import("./commands/completion.ts")).completionCommand(command, io);
    }
  } catch (error) {
    void io.stderr.write(`error: ${explainError(error)}\n`);
    return error instanceof CliError && error.code === "usage" ? exitCodes.usage : failed;
  }
}
