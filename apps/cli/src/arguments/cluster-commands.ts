import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { killExamples, logsExamples, psExamples, stateExamples } from "./help-text.ts";
import type { ClusterOptions, ParsedCommand } from "./parsed-command.ts";

interface ClusterFlags extends ClusterOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly force?: boolean;
  readonly follow?: boolean;
  readonly stderr?: boolean;
  readonly tail?: string;
  readonly framework?: string;
}

export function addClusterOptions(command: Command): Command {
  return command
    .option("--master <host:port>", "a master of Apache Mesos or of berth agent")
    .option("--credential <file>", "principal and secret for it, in JSON or as two words");
}

/** ps, kill, logs, state. */
export function addClusterCommands(program: Command, chosen: (command: ParsedCommand) => void): void {
  const command = (name: string, description: string, examples: string) =>
    addClusterOptions(program.command(name).description(description)).addHelpText("after", examples);
  const named = (name: string, description: string, examples: string) =>
    command(name, description, examples)
      .argument("<task>", "its id")
      .option("--framework <id>", "the framework, when several have a task of that id");

  command("ps", "list tasks", psExamples)
    .option("-a, --all", "those that have ended, too")
    .option("--json", "one task in JSON a line")
    .action((flags: ClusterFlags) =>
      chosen({ command: "ps", cluster: flags, json: flags.json ?? false, all: flags.all ?? false }),
    );

  named("kill", "end a task of berth run --detach", killExamples)
    .option("--force", "at once, without its grace")
    .option("--json", "one TaskStatus in JSON a line")
    .action((task: string, flags: ClusterFlags) =>
      chosen({
        command: "kill",
        name: { task, framework: flags.framework },
        cluster: flags,
        json: flags.json ?? false,
        force: flags.force ?? false,
      }),
    );

  named("logs", "show what a task has written", logsExamples)
    .option("-f, --follow", "go on until the task has ended")
    .option("--stderr", "its stderr, in place of its stdout")
    .option("--tail <lines>", "only the last ones")
    .option("--json", "one line of output in JSON a line")
    .action((task: string, flags: ClusterFlags) =>
      chosen({
        command: "logs",
        name: { task, framework: flags.framework },
        cluster: flags,
        json: flags.json ?? false,
        follow: flags.follow ?? false,
        stderr: flags.stderr ?? false,
        tail: flags.tail === undefined ? undefined : lines(flags.tail),
      }),
    );

  command("state", "show a master, its agents and its frameworks", stateExamples)
    .option("--json", "all of it in JSON")
    .action((flags: ClusterFlags) => chosen({ command: "state", cluster: flags, json: flags.json ?? false }));
}

function lines(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError("usage", `--tail ${text}: write a number of lines, such as 10`);
}
