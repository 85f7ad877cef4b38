import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { composeDocker, composeLocalSystem } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { resolveMachine } from "../machine.ts";
import { loadTask } from "../task/load-task.ts";
import { planTask } from "../task/plan-task.ts";
import { renderFaults } from "../task/render-faults.ts";
import { runSession } from "./session.ts";

/** `berth run`: one task on this machine's engine, from its file to its last status. */
export async function runCommand(command: Extract<ParsedCommand, { command: "run" }>, io: CliIo): Promise<number> {
  const loaded = await loadTask(command.source, io);
  if (!loaded.ok) return refuse(io, renderFaults(loaded.document, loaded.faults));
  const machine = await resolveMachine(command.machine, io, loaded.folder);
  const docker = composeDocker(machine.endpoint, io.now);
  const planned = planTask(loaded.task, docker.executor, machine.workDirectory);
  if (!planned.ok) return refuse(io, renderFaults(loaded.document, planned.faults));
  for (const warning of planned.plan.warnings) void io.stderr.write(`warning: ${warning}\n`);
  const system = composeLocalSystem(docker, machine, io.now);
  try {
    await system.checkEngine();
    const request = { task: loaded.task, frameworksHome: machine.frameworksHome };
    return await runSession(system.runner, request, io, { json: command.json });
  } finally {
    await system.close();
  }
}

/** Nothing has been started, and this is why. */
function refuse(io: CliIo, text: string): number {
  void io.stderr.write(text);
  return exitCodes.notRun;
}
