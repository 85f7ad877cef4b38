import { renderDockerRun, shellQuote } from "@berth/docker-run-options";
import type { PlannedFetch } from "@berth/fetcher";
import type { TaskInfo } from "@berth/proto/v1";
import type { ParsedCommand } from "../arguments/parsed-command.ts";
import type { CliIo } from "../cli-io.ts";
import { composePlanner } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { resolveMachine } from "../machine.ts";
import { loadTask } from "../task/load-task.ts";
import { planTask } from "../task/plan-task.ts";
import { renderFaults } from "../task/render-faults.ts";

/** `berth explain`: the docker run line a task stands for, and what is fetched before it. Touches nothing. */
export async function explainCommand(
  command: Extract<ParsedCommand, { command: "explain" }>,
  io: CliIo,
): Promise<number> {
  const loaded = await loadTask(command.source, io);
  if (!loaded.ok) return invalid(io, renderFaults(loaded.document, loaded.faults));
  const machine = await resolveMachine(command.machine, io, loaded.folder);
  const planned = planTask(loaded.task, composePlanner(machine.endpoint, io.now), machine.workDirectory);
  if (!planned.ok) return invalid(io, renderFaults(loaded.document, planned.faults));
  const { containerName: name, body, platform, pull, warnings } = planned.plan;
  const rendered = renderDockerRun({
    body,
    name,
    platform,
    pull: pull ?? (loaded.task.container?.docker?.forcePullImage === true ? "always" : undefined),
    hiddenVariables: secretNames(loaded.task),
  });
  for (const warning of warnings) void io.stderr.write(`warning: ${warning}\n`);
  void io.stdout.write(
    [
      ...planned.fetches.map((item) => `# fetched into the sandbox: ${fetchLine(item)}`),
      ...rendered.inexpressible.map((field) => `# no option of docker run says: ${field}`),
      // The engine does not make the source of a mount: pasted into a shell, the lines below work as they are.
      `mkdir -p -m 0750 ${shellQuote(planned.sandboxDirectory)}`,
      rendered.multiline,
      "",
    ].join("\n"),
  );
  return 0;
}

function fetchLine(item: PlannedFetch): string {
  const notes = [
    ...(item.executable ? ["executable"] : []),
    ...(item.extract === undefined ? [] : ["extracted"]),
    ...(item.cache ? ["through the cache"] : []),
  ];
  return `${item.shownUri} -> ${item.target.join("/")}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

function secretNames(task: TaskInfo): ReadonlySet<string> {
  const variables = task.command?.environment?.variables ?? [];
  return new Set(variables.flatMap(({ type, name }) => (type === "SECRET" && name !== undefined ? [name] : [])));
}

function invalid(io: CliIo, text: string): number {
  void io.stderr.write(text);
  return exitCodes.invalid;
}
