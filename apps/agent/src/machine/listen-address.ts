import { execFile } from "node:child_process";
import { isIPv4 } from "node:net";
import { promisify } from "node:util";
import type { AgentFlags } from "@berth/agent-flags";
import { AgentError } from "../agent-error.ts";

export interface ListenAddress {
  readonly ip: string;
  readonly port: number;
  readonly advertiseIp: string | undefined;
  readonly advertisePort: number | undefined;
}

type AddressFlags = Pick<AgentFlags, "master" | "ip" | "ipDiscoveryCommand" | "port" | "advertiseIp" | "advertisePort">;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where to listen: `--ip`, the command's output, LIBPROCESS_IP; else everywhere, as the original does, and on loopback only when the
 * master is our own. Rejects with AgentError `usage` or `environment`.
 */
export async function listenAddress(
  flags: AddressFlags,
  env: Environment,
  signal?: AbortSignal,
): Promise<ListenAddress> {
  const variable = (name: string) => ipv4Variable(name, env);
  const ip =
    flags.ip ??
    (flags.ipDiscoveryCommand === undefined ? undefined : await discover(flags.ipDiscoveryCommand, env, signal)) ??
    variable("LIBPROCESS_IP") ??
    (flags.master === undefined ? "127.0.0.1" : "0.0.0.0");
  return {
    ip,
    port: flags.port,
    advertiseIp: flags.advertiseIp ?? variable("LIBPROCESS_ADVERTISE_IP"),
    advertisePort: flags.advertisePort ?? portVariable("LIBPROCESS_ADVERTISE_PORT", env),
  };
}

async function discover(command: string, env: Environment, signal: AbortSignal | undefined): Promise<string> {
  const output = await promisify(execFile)("/bin/sh", ["-c", command], { env, timeout: 60_000, signal }).then(
    ({ stdout }) => stdout.trim(),
    (cause: Error & { readonly code?: string | number; readonly stderr?: string }) => {
      const words = [`it ended with ${cause.code ?? "a signal"}`, cause.stderr?.trim().split("\n")[0]];
      throw new AgentError("environment", `--ip_discovery_command failed: ${words.filter(Boolean).join(", ")}`);
    },
  );
  if (isIPv4(output)) return output;
  throw new AgentError(
    "environment",
    `--ip_discovery_command gave ${JSON.stringify(output)}, which is no IPv4 address`,
  );
}

function ipv4Variable(name: string, env: Environment): string | undefined {
  const value = env[name] || undefined;
  if (value === undefined || isIPv4(value)) return value;
  throw new AgentError("usage", `${name}=${value}: write an IPv4 address`);
}

function portVariable(name: string, env: Environment): number | undefined {
  const value = env[name] || undefined;
  if (value === undefined) return undefined;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new AgentError("usage", `${name}=${value}: write a port`);
}
