import { Command, CommanderError, Option } from "commander";
import { CliError } from "../cli-error.ts";
import { cliVersion } from "../version.ts";
import { withDashes } from "./dashes.ts";
import { explainExamples, programExamples, runExamples, validateExamples } from "./help-text.ts";
import type { InlineTask, MachineOptions, ParsedCommand, ParseOutcome, TaskSource } from "./parsed-command.ts";

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

function createProgram(
  output: { stdout: string; stderr: string },
  after: readonly string[],
  chosen: (command: ParsedCommand) => void,
): Command {
  const program = new Command("berth")
    .description("Runs one Mesos task on this machine's Docker engine, the way a cluster would.")
    .version(cliVersion(), "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (output.stdout += text),
      writeErr: (text) => (output.stderr += text),
    })
    .addHelpText("after", programExamples);

  const run = program
    .command("run")
    .description("run a task; its output comes out here, its states on stderr")
    .argument("[task.json]", "a mesos.v1 TaskInfo in JSON; - reads stdin")
    .option("--json", "one TaskStatus in JSON a line on stdout; the task's output goes to the sandbox only")
    .addHelpText("after", runExamples);
  addMachineOptions(addInlineOptions(run)).action((file: string | undefined, flags: Flags) =>
    chosen({ command: "run", source: sourceOf("run", file, flags, after), json: flags.json ?? false, machine: flags }),
  );

  const explain = program
    .command("explain")
    .description("print the docker run line that a task stands for, and what will be fetched")
    .argument("[task.json]", "a mesos.v1 TaskInfo in JSON; - reads stdin")
    .addHelpText("after", explainExamples);
  addMachineOptions(addInlineOptions(explain)).action((file: string | undefined, flags: Flags) =>
    chosen({ command: "explain", source: sourceOf("explain", file, flags, after), machine: flags }),
  );

  program
    .command("validate")
    .description("print every fault of a task, with its place")
    .argument("<task.json>", "a mesos.v1 TaskInfo in JSON; - reads stdin")
    .addHelpText("after", validateExamples)
    .action((file: string) => chosen({ command: "validate", source: fileSource(file) }));
  return program;
}

/** As commander gives them: what was not given is not there. */
interface Flags extends Partial<Omit<InlineTask, "command">>, MachineOptions {
  readonly json?: boolean;
}

function addInlineOptions(command: Command): Command {
  const every = (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value];
  const inline = (flags: string, text: string) => new Option(flags, text).helpGroup("The task, without a file:");
  return command
    .addOption(inline("--image <reference>", "Docker image"))
    .addOption(inline("--name <name>", "name and id of the task (default: from the image)"))
    .addOption(inline("--env <K=V>", "variable of the task; K alone takes ours (repeatable)").argParser(every))
    .addOption(inline("--uri <uri>", "fetched into the sandbox; #sha256=HEX pins it (repeatable)").argParser(every))
    .addOption(inline("--cpus <number>", "cpus (default: 0.1)"))
    .addOption(inline("--mem <MB>", "memory in MB (default: 64)"))
    .addOption(
      inline("--port <H:C/proto>", "host port to container port; implies --network bridge (repeatable)").argParser(
        every,
      ),
    )
    .addOption(
      inline("--volume <S:T[:ro]>", "host path or volume name to container path (repeatable)").argParser(every),
    )
    .addOption(inline("--network <name>", "host, bridge, none, or a network of the engine (default: host)"))
    .addOption(inline("--user <user>", "the task's user"))
    .addOption(inline("--force-pull", "ask the registry even when the image is here"))
    .addOption(inline("--shell <cmd>", "a command line for /bin/sh -c"));
}

function addMachineOptions(command: Command): Command {
  return command
    .option("--work-dir <dir>", "sandboxes lie below it (default: $XDG_STATE_HOME/berth, for root /var/lib/berth)")
    .option("--docker-socket <path>", "the engine's socket (default: DOCKER_HOST, then /var/run/docker.sock)")
    .option(
      "--docker-config <path|json>",
      "registry credentials: a Docker config file, or its content (default: that of docker login)",
    )
    .option("--frameworks-home <dir>", "where relative URIs stand (default: the folder of the task's file)")
    .option("--fetcher-cache-dir <dir>", "cache of the fetcher (default: below the work dir)")
    .option(
      "--fetcher-stall-timeout <duration>",
      "give a fetch up that has brought nothing for so long (default: 1mins)",
    )
    .option("--hadoop-home <dir>", "the hadoop client for hdfs and its like (default: hadoop on the PATH)");
}

function sourceOf(command: string, file: string | undefined, flags: Flags, after: readonly string[]): TaskSource {
  const { image } = flags;
  if (file !== undefined && image !== undefined) {
    throw new CliError(
      "usage",
      `both a task file (${file}) and --image are given; leave one out, or put the task's command after --`,
    );
  }
  if (image !== undefined) {
    if (flags.shell !== undefined && after.length > 0) {
      throw new CliError("usage", "both --shell and a command after -- are given; leave one out");
    }
    const { env = [], uri = [], port = [], volume = [], forcePull = false } = flags;
    return { kind: "inline", flags: { ...flags, image, env, uri, port, volume, forcePull, command: after } };
  }
  if (file === undefined) {
    throw new CliError(
      "usage",
      `no task: give a file (berth ${command} task.json) or --image; berth ${command} --help`,
    );
  }
  const stray = strayFlag(flags, after);
  if (stray !== undefined) {
    throw new CliError("usage", `${stray} goes with --image; for a task file, write it into the file`);
  }
  return fileSource(file);
}

function strayFlag(flags: Flags, after: readonly string[]): string | undefined {
  if (after.length > 0) return "a command after --";
  const single = (["name", "cpus", "mem", "network", "user", "shell"] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (single !== undefined) return `--${single}`;
  const list = (["env", "uri", "port", "volume"] as const).find((name) => flags[name] !== undefined);
  if (list !== undefined) return `--${list}`;
  return flags.forcePull === true ? "--force-pull" : undefined;
}

function fileSource(file: string): TaskSource {
  return file === "-" ? { kind: "stdin" } : { kind: "file", path: file };
}

function valueTakers(program: Command): (name: string) => boolean {
  const names = new Set(
    program.commands.flatMap((command) =>
      command.options.flatMap((option) => (option.required ? [option.long, option.short] : [])),
    ),
  );
  return (name) => names.has(name);
}
