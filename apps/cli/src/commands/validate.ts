import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { anyEndpoint, composePlanner } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { loadTask } from "../task/load-task.ts";
import { planTask } from "../task/plan-task.ts";
import { renderFaults } from "../task/render-faults.ts";

/** `berth validate`: every fault of a task, with its place. */
export async function validateCommand(
  command: Extract<ParsedCommand, { command: "validate" }>,
  io: CliIo,
): Promise<number> {
  const loaded = await loadTask(command.source, io);
  const planned = loaded.ok ? planTask(loaded.task, composePlanner(anyEndpoint, io.now)) : loaded;
  if (!planned.ok) {
    void io.stderr.write(renderFaults(loaded.document, planned.faults));
    return exitCodes.invalid;
  }
  if ("plan" in planned) for (const warning of planned.plan.warnings) void io.stderr.write(`warning: ${warning}\n`);
  void io.stdout.write(`${loaded.document.name} is valid\n`);
  return 0;
}
