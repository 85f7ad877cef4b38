import type { ParsedCommand } from "../arguments/parsed-command.ts";
import { createProgram } from "../arguments/program.ts";
import { completionScript } from "../arguments/completion-script.ts";
import type { CliIo } from "../cli-io.ts";

/** `berth completion`: a script for a shell, made of the grammar itself. */
export function completionCommand(
  command: Extract<ParsedCommand, { command: "completion" }>,
  io: CliIo,
): Promise<number> {
  const program = createProgram({ stdout: "", stderr: "" }, [], () => undefined);
  void io.stdout.write(completionScript(command.shell, program));
  return Promise.resolve(0);
}
