import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { composeDocker, composeLocalSystem } from "../compose.ts";
import { resolveMachine } from "../machine.ts";
import { loadTask } from "../task/load-task.ts";
import { planTask } from "../task/plan-task.ts";
import { renderFaults } from "../task/render-faults.ts";
import { Session } from "./session.ts";

/** `berth run`: one task on this machine's engine, from its file to its last status. */
export async function runCommand(command: Extract<ParsedCommand, { command: "run" }>, io: CliIo): Promise<number> {
  const session = new Session(io, { json: command.json });
  const loaded = await loadTask(command.source, io);
  if (!loaded.ok) return session.refuse(renderFaults(loaded.document, loaded.faults));
  const machine = await resolveMachine(command.machine, io, loaded.folder);
  const docker = composeDocker(machine.endpoint, io.now);
  const planned = planTask(loaded.task, docker.executor, machine.workDirectory);
  if (!planned.ok) return session.refuse(renderFaults(loaded.document, planned.faults));
  for (const warning of planned.plan.warnings) session.note(`warning: ${warning}`);
  const system = composeLocalSystem(docker, machine, io.now);
  try {
    await system.checkEngine();
    return await session.run(system.runner, { task: loaded.task, frameworksHome: machine.frameworksHome });
  } finally {
    await system.close();
  }
}
