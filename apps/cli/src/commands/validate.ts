import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { composeDocker } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { loadTask } from "../task/load-task.ts";
import { planTask } from "../task/plan-task.ts";
import { renderFaults } from "../task/render-faults.ts";

/** Never asked: a plan needs no engine. */
const anyEndpoint = { kind: "unix", socketPath: "/var/run/docker.sock" } as const;

/** `berth validate`: every fault of a task, with its place. */
export async function validateCommand(
  command: Extract<ParsedCommand, { command: "validate" }>,
  io: CliIo,
): Promise<number> {
  const loaded = await loadTask(command.source, io);
  const planned = loaded.ok ? planTask(loaded.task, composeDocker(anyEndpoint, io.now).executor) : loaded;
  if (!planned.ok) {
    void io.stderr.write(renderFaults(loaded.document, planned.faults));
    return exitCodes.invalid;
  }
  if ("plan" in planned) for (const warning of planned.plan.warnings) void io.stderr.write(`warning: ${warning}\n`);
  void io.stdout.write(`${loaded.document.name} is valid\n`);
  return 0;
}
