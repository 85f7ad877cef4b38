import { Argument, Command, CommanderError } from "commander";
import { CliError } from "../cli-error.ts";
import { cliVersion } from "../version.ts";
import { addClusterCommands, addClusterOptions } from "./cluster-commands.ts";
import { withDashes } from "./dashes.ts";
import { completionExamples, explainExamples, programExamples, runExamples, validateExamples } from "./help-text.ts";
import type { ClusterOptions, ParsedCommand, ParseOutcome, Shell } from "./parsed-command.ts";
import { addInlineOptions, addMachineOptions, fileSource, sourceOf, type TaskFlags } from "./task-options.ts";

/** What the command line asks for. Never throws for what a person typed. */
export function parseArguments(argv: readonly string[]): ParseOutcome {
  const output = { stdout: "", stderr: "" };
  let parsed: ParsedCommand | undefined;
  const separator = argv.indexOf("--");
  const after = separator === -1 ? [] : argv.slice(separator + 1);
  const program = createProgram(output, after, (command) => (parsed = command));
  try {
    const own = separator === -1 ? argv : argv.slice(0, separator);
    program.parse(withDashes(own, valueTakers(program)), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return { kind: "print", ...output, exitCode: error.exitCode === 0 ? 0 : 2 };
    if (!(error instanceof CliError)) throw error;
    return { kind: "print", stdout: "", stderr: `error: ${error.message}\n`, exitCode: 2 };
  }
  if (parsed === undefined) throw new Error("the argument parser chose no command");
  return { kind: "command", command: parsed };
}

/** The whole grammar. `chosen` is called with what was asked for; `after` is what stood after `--`. */
export function createProgram(
  output: { stdout: string; stderr: string },
  after: readonly string[],
  chosen: (command: ParsedCommand) => void,
): Command {
  const program = new Command("berth")
    .description("Runs Mesos tasks: one on this machine's Docker engine, or on a cluster; and looks after them.")
    .version(cliVersion(), "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (output.stdout += text),
      writeErr: (text) => (output.stderr += text),
    })
    .addHelpText("after", programExamples);
  addTaskCommands(program, after, chosen);
  addClusterCommands(program, chosen);
  program
    .command("agent")
    .description("run the agent; its flags are those of mesos-agent, see berth agent --help")
    .argument("[flags...]");
  program
    .command("completion")
    .description("print a completion script")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", completionExamples)
    .action((shell: Shell) => chosen({ command: "completion", shell }));
  return program;
}

function addTaskCommands(program: Command, after: readonly string[], chosen: (command: ParsedCommand) => void): void {
  const run = program
    .command("run")
    .description("run a task; its output comes out here, its states on stderr")
    .argument("[task.json]", "a mesos.v1 TaskInfo in JSON; - reads stdin")
    .option("--json", "one TaskStatus in JSON a line on stdout; the task's output goes to the sandbox only")
    .option("--detach", "leave as soon as the task runs; print its ids")
    .addHelpText("after", runExamples);
  addMachineOptions(addInlineOptions(addClusterOptions(run))).action((file: string | undefined, flags: RunFlags) =>
    chosen({
      command: "run",
      source: sourceOf("run", file, flags, after),
      json: flags.json ?? false,
      detach: flags.detach ?? false,
      machine: flags,
      cluster: flags,
    }),
  );

  const explain = program
    .command("explain")
    .description("print the docker run line that a task stands for, and what will be fetched")
    .argument("[task.json]", "a mesos.v1 TaskInfo in JSON; - reads stdin")
    .addHelpText("after", explainExamples);
  addMachineOptions(addInlineOptions(explain)).action((file: string | undefined, flags: TaskFlags) =>
    chosen({ command: "explain", source: sourceOf("explain", file, flags, after), machine: flags }),
  );

  program
    .command("validate")
    .description("print every fault of a task, with its place")
    .argument("<task.json>", "a mesos.v1 TaskInfo in JSON; - reads stdin")
    .addHelpText("after", validateExamples)
    .action((file: string) => chosen({ command: "validate", source: fileSource(file) }));
}

interface RunFlags extends TaskFlags, ClusterOptions {
  readonly json?: boolean;
  readonly detach?: boolean;
}

function valueTakers(program: Command): (name: string) => boolean {
  const names = new Set(
    program.commands.flatMap((command) =>
      command.options.flatMap((option) => (option.required ? [option.long, option.short] : [])),
    ),
  );
  return (name) => names.has(name);
}
