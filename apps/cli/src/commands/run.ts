import path from "node:path";
import { resolveUser } from "@berth/containerizer";
import type { TaskInfo } from "@berth/proto/v1";
import type { ParsedCommand } from "../arguments/parsed-command.ts";
import { CliError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import { anyEndpoint, checkEngine, composePlanner } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { resolveMachine } from "../machine.ts";
import { chooseMaster } from "../system/choose-master.ts";
import { clusterSystem } from "../system/cluster-system.ts";
import { embeddedSystem } from "../system/embedded-system.ts";
import { withAbsoluteUris } from "../task/absolute-uris.ts";
import { type LoadedTask, loadTask } from "../task/load-task.ts";
import { withPlainResources } from "../task/plain-resources.ts";
import { planTask } from "../task/plan-task.ts";
import { renderFaults } from "../task/render-faults.ts";
import { runDetached } from "./run-detached.ts";
import { runSession } from "./session.ts";

type RunCommand = Extract<ParsedCommand, { command: "run" }>;
type Task = Extract<LoadedTask, { ok: true }>;

/** A detached task stays for so long when nobody looks after it. */
const detachedSeconds = 7 * 24 * 3600;

/** `berth run`: one task, from its file to its last status. */
export async function runCommand(command: RunCommand, io: CliIo): Promise<number> {
  const loaded = await loadTask(command.source, io);
  if (!loaded.ok) return refuse(io, renderFaults(loaded.document, loaded.faults));
  const cluster = await chooseMaster(command, io);
  if (cluster === undefined) return runEmbedded(command, loaded, io);
  try {
    const refused = planFaults(loaded, io);
    if (refused !== undefined) return refuse(io, refused);
    const task = withAbsoluteUris(loaded.task, path.resolve(io.cwd, command.machine.frameworksHome ?? loaded.folder));
    const failoverTimeoutSeconds = command.detach ? detachedSeconds : undefined;
    const system = clusterSystem(cluster, io, { failoverTimeoutSeconds });
    try {
      const options = { json: command.json };
      return await (command.detach ? runDetached(system, task, io, options) : runSession(system, task, io, options));
    } finally {
      await system.close();
    }
  } finally {
    await cluster.close();
  }
}

async function runEmbedded(command: RunCommand, loaded: Task, io: CliIo): Promise<number> {
  if (command.detach) {
    const message = "--detach needs a master that stays: start one with berth agent, or name one with --master";
    throw new CliError("usage", message);
  }
  const machine = await resolveMachine(command.machine, io, loaded.folder);
  const planned = planTask(loaded.task, composePlanner(machine.endpoint, io.now), machine.workDirectory);
  if (!planned.ok) return refuse(io, renderFaults(loaded.document, planned.faults));
  for (const warning of planned.plan.warnings) void io.stderr.write(`warning: ${warning}\n`);
  await checkEngine(machine.endpoint);
  await checkUser(loaded.task);
  const task = withPlainResources(loaded.task);
  const system = await embeddedSystem(task, machine, io);
  try {
    return await runSession(system, task, io, { json: command.json });
  } finally {
    await system.close();
  }
}

/** What is wrong with a Docker task is said here, not by an agent far away. Undefined when it may run. */
function planFaults(loaded: Task, io: CliIo): string | undefined {
  if (loaded.task.container?.type !== "DOCKER") return undefined; // an agent may run what we do not
  const planned = planTask(loaded.task, composePlanner(anyEndpoint, io.now));
  if (!planned.ok) return renderFaults(loaded.document, planned.faults);
  for (const warning of planned.plan.warnings) void io.stderr.write(`warning: ${warning}\n`);
  return undefined;
}

/** Before there is a sandbox for him. Rejects with ContainerizerError. */
async function checkUser(task: TaskInfo): Promise<void> {
  const user = task.command?.user;
  if (user !== undefined) await resolveUser(user, { containerId: "" });
}

/** Nothing has been started, and this is why. */
function refuse(io: CliIo, text: string): number {
  void io.stderr.write(text);
  return exitCodes.notRun;
}
