import { existsSync } from "node:fs";
import path from "node:path";
import { type EngineEndpoint, endpointFromEnvironment } from "@berth/engine-client";
import { parseDuration } from "./arguments/duration.ts";
import type { MachineOptions } from "./arguments/parsed-command.ts";
import type { CliIo } from "./cli-io.ts";
import { CliError } from "./cli-error.ts";

/** This machine as a run needs it: flags first, then the environment, then defaults. All paths absolute. */
export interface Machine {
  readonly endpoint: EngineEndpoint;
  readonly workDirectory: string;
  readonly frameworksHome: string;
  readonly fetcherCacheDirectory: string;
  /** The fetcher's own default when absent. */
  readonly fetcherStallTimeoutMs: number | undefined;
  /** A path, or JSON. */
  readonly dockerConfig: string | undefined;
  readonly hadoopHome: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function resolveMachine(
  options: MachineOptions,
  io: Pick<CliIo, "env" | "cwd" | "uid" | "home">,
  taskFolder: string,
): Promise<Machine> {
  for (const [name, value] of Object.entries(options)) {
    if (value !== "") continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new CliError("usage", `${flag} is empty; give a value, or leave it out`);
  }
  const absolute = (given: string) => path.resolve(io.cwd, given);
  const workDirectory = options.workDir === undefined ? defaultWorkDirectory(io) : absolute(options.workDir);
  const { fetcherCacheDir, fetcherStallTimeout, frameworksHome, dockerConfig, hadoopHome } = options;
  return {
    endpoint: await endpointOf(options, io),
    workDirectory,
    frameworksHome: frameworksHome === undefined ? taskFolder : absolute(frameworksHome),
    fetcherCacheDirectory:
      fetcherCacheDir === undefined ? path.join(workDirectory, "fetch") : absolute(fetcherCacheDir),
    fetcherStallTimeoutMs:
      fetcherStallTimeout === undefined ? undefined : parseDuration("--fetcher-stall-timeout", fetcherStallTimeout),
    dockerConfig: dockerConfig === undefined ? loginConfig(io) : jsonOrPath(dockerConfig, absolute),
    hadoopHome: hadoopHome === undefined ? undefined : absolute(hadoopHome),
    env: io.env,
  };
}

function defaultWorkDirectory({ env, uid, home }: Pick<CliIo, "env" | "uid" | "home">): string {
  if (uid === 0) return "/var/lib/berth";
  return path.join(env["XDG_STATE_HOME"] || path.join(home, ".local", "state"), "berth");
}

function jsonOrPath(given: string, absolute: (given: string) => string): string {
  return given.trimStart().startsWith("{") ? given : absolute(given);
}

/** Where `docker login` keeps what a person at this machine has logged in to. */
function loginConfig({ env, home }: Pick<CliIo, "env" | "home">): string | undefined {
  const file = path.join(env["DOCKER_CONFIG"] || path.join(home, ".docker"), "config.json");
  return existsSync(file) ? file : undefined;
}

async function endpointOf(options: MachineOptions, io: Pick<CliIo, "env" | "cwd">): Promise<EngineEndpoint> {
  const socket = options.dockerSocket;
  if (socket === undefined) return endpointFromEnvironment(io.env);
  if (/^(tcp|https?):\/\//.test(socket)) {
    throw new CliError("usage", `--docker-socket ${socket}: is a path; for tcp set DOCKER_HOST=${socket}`);
  }
  return { kind: "unix", socketPath: path.resolve(io.cwd, socket.replace(/^unix:\/\//, "")) };
}
