import { type Command, Option } from "commander";
import { CliError } from "../cli-error.ts";
import type { InlineTask, MachineOptions, TaskSource } from "./parsed-command.ts";

/** As commander gives them: what was not given is not there. */
export interface TaskFlags extends Partial<Omit<InlineTask, "command">>, MachineOptions {
  readonly json?: boolean;
}

export function addInlineOptions(command: Command): Command {
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

export function addMachineOptions(command: Command): Command {
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

/** Throws CliError `usage`. */
export function sourceOf(
  command: string,
  file: string | undefined,
  flags: TaskFlags,
  after: readonly string[],
): TaskSource {
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

function strayFlag(flags: TaskFlags, after: readonly string[]): string | undefined {
  if (after.length > 0) return "a command after --";
  const single = (["name", "cpus", "mem", "network", "user", "shell"] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (single !== undefined) return `--${single}`;
  const list = (["env", "uri", "port", "volume"] as const).find((name) => flags[name] !== undefined);
  if (list !== undefined) return `--${list}`;
  return flags.forcePull === true ? "--force-pull" : undefined;
}

export function fileSource(file: string): TaskSource {
  return file === "-" ? { kind: "stdin" } : { kind: "file", path: file };
}
