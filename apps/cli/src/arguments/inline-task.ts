import type { CommandInfo, ContainerInfo, Environment, Resource, TaskInfo } from "@berth/proto/v1";
import { CliError } from "../cli-error.ts";
import type { InlineTask } from "./parsed-command.ts";
import { parsePort, type PortMapping } from "./port-mapping.ts";
import { parseVolume } from "./volume.ts";

export interface InlineContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The TaskInfo that the flags describe. Throws CliError `usage`. */
export function inlineTask(flags: InlineTask, context: InlineContext): TaskInfo {
  const name = flags.name ?? imageName(flags.image);
  const ports = flags.port.map(parsePort);
  const environment = parseEnvironment(flags.env, context.env);
  return {
    name,
    taskId: { value: name },
    resources: parseResources(flags, ports),
    command: parseCommand(flags, environment),
    container: parseContainer(flags, ports, context.cwd),
  };
}

function parseCommand(flags: InlineTask, environment: Environment | undefined): CommandInfo {
  const command: CommandInfo = { shell: flags.shell !== undefined };
  const [value, ...rest] = flags.command;
  if (flags.shell !== undefined) command.value = flags.shell;
  else if (value !== undefined) {
    command.value = value;
    if (rest.length > 0) command.arguments = rest;
  }
  if (flags.uri.length > 0) command.uris = flags.uri.map((uri) => ({ value: uri }));
  if (environment !== undefined) command.environment = environment;
  if (flags.user !== undefined) command.user = flags.user;
  return command;
}

function parseContainer(flags: InlineTask, ports: readonly PortMapping[], cwd: string): ContainerInfo {
  const network = networkOf(flags, ports);
  return {
    type: "DOCKER",
    docker: {
      image: flags.image,
      network: network.mode,
      forcePullImage: flags.forcePull,
      ...(ports.length > 0 && { portMappings: ports.map((port) => ({ ...port })) }),
    },
    ...(flags.volume.length > 0 && { volumes: flags.volume.map((volume) => parseVolume(volume, cwd)) }),
    ...(network.name !== undefined && { networkInfos: [{ name: network.name }] }),
  };
}

function networkOf(flags: InlineTask, ports: readonly PortMapping[]) {
  const name = flags.network;
  if (ports.length > 0 && (name === "host" || name === "none")) {
    throw new CliError("usage", `--port does not go with --network ${name}; leave --network out, or name a network`);
  }
  if (name === undefined) return { mode: ports.length > 0 ? ("BRIDGE" as const) : ("HOST" as const) };
  const known = { host: "HOST", bridge: "BRIDGE", none: "NONE" } as const;
  const mode = known[name as keyof typeof known] as (typeof known)[keyof typeof known] | undefined;
  return mode === undefined ? { mode: "USER" as const, name } : { mode };
}

function parseResources(flags: InlineTask, ports: readonly PortMapping[]): Resource[] {
  const scalar = (name: string, text: string | undefined): Resource[] =>
    text === undefined ? [] : [{ name, type: "SCALAR", scalar: { value: parseAmount(name, text) } }];
  const range = ports.map(({ hostPort }) => ({ begin: BigInt(hostPort), end: BigInt(hostPort) }));
  const resources = [...scalar("cpus", flags.cpus), ...scalar("mem", flags.mem)];
  if (range.length > 0) resources.push({ name: "ports", type: "RANGES", ranges: { range } });
  return resources;
}

function parseAmount(name: string, text: string): number {
  const amount = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (amount > 0) return amount;
  throw new CliError("usage", `--${name} ${text}: write a number above 0${name === "mem" ? " (megabytes)" : ""}`);
}

function parseEnvironment(
  pairs: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Environment | undefined {
  if (pairs.length === 0) return undefined;
  const variables = pairs.flatMap((pair) => {
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (name === "") throw new CliError("usage", `--env ${pair}: write NAME=VALUE`);
    const value = equals === -1 ? env[name] : pair.slice(equals + 1);
    return value === undefined ? [] : [{ name, value }];
  });
  return { variables };
}

/** `registry:5000/team/app:1@sha256:...` -> `app`. */
function imageName(image: string): string {
  const withoutDigest = image.split("@")[0] ?? "";
  const last = withoutDigest.split("/").at(-1) ?? "";
  return last.split(":")[0] || "task";
}
