import { createHash } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import type { AgentFlags, ParsedAgentFlags } from "@berth/agent-flags";
import { type EngineEndpoint, endpointFromEnvironment } from "@berth/engine-client";
import { detectResources, parseAttributes, parseResources } from "@berth/resources";
import { AgentError } from "./agent-error.ts";
import type { AgentIo } from "./agent-io.ts";
import type { AgentSettings } from "./agent-system.ts";
import type { DockerSettings } from "./compose-docker.ts";
import { hostCapacity } from "./machine/host-capacity.ts";
import { listenAddress } from "./machine/listen-address.ts";
import { connectionLimits, openFilesLimit } from "./machine/open-files.ts";
import { portTrust } from "./machine/port-trust.ts";
import { tlsSettings } from "./machine/tls-settings.ts";

/** What flags, environment and machine come to. */
export interface Settings {
  readonly docker: DockerSettings;
  readonly agent: AgentSettings;
}

/**
 * Reads everything that can be wrong before anything is opened; the one thing done is that the work folder is made. Rejects with
 * AgentError, ResourcesError, EngineError.
 */
export async function readSettings(
  { flags, given }: Extract<ParsedAgentFlags, { kind: "flags" }>,
  io: Pick<AgentIo, "env" | "cwd" | "now">,
  signal: AbortSignal,
): Promise<Settings> {
  const { env, now } = io;
  const { defaultRole } = flags;
  const resources = parseResources(flags.resources ?? "", { defaultRole });
  const attributes = parseAttributes(flags.attributes ?? "");
  const tls = await tlsSettings(env);
  if (tls !== undefined && flags.master === undefined) {
    throw new AgentError("usage", "LIBPROCESS_SSL_ENABLED: the local master speaks no TLS; name a --master that does");
  }
  const endpoint = await engineEndpoint(flags, env);
  const listen = await listenAddress(flags, env, signal);
  const workDirectory = await makeWorkDir(path.resolve(io.cwd, flags.workDirectory));
  const connections = connectionLimits(await openFilesLimit(), flags.master === undefined ? 2 : 1);
  return {
    docker: {
      endpoint,
      now,
      executor: {
        sandboxTarget: flags.sandboxDirectory,
        defaultDns: flags.defaultContainerDns,
        cgroupsEnableCfs: flags.cgroupsEnableCfs,
        // As the original's executor has it: for every kill that neither call nor task gives a grace.
        defaultKillGraceMs: flags.executorShutdownGracePeriodMs,
        removeDelayMs: flags.dockerRemoveDelayMs,
      },
      fetcher: {
        cacheDirectory: cacheDirectory(path.resolve(io.cwd, flags.fetcherCacheDirectory), workDirectory),
        cacheSizeBytes: flags.fetcherCacheSizeBytes,
        stallTimeoutMs: flags.fetcherStallTimeoutMs,
        environment: env,
        hadoopHome: flags.hadoopHome,
      },
      puller: { dockerConfig: flags.dockerConfig, environment: env },
    },
    agent: {
      workDirectory,
      metaDirectory: path.join(workDirectory, "meta"),
      listen: {
        ...listen,
        ...portTrust(flags, listen.ip),
        tls,
        requirePeerAddressIpMatch: peersMustMatch(env),
        limits: connections,
      },
      hostname: flags.hostname,
      hostnameLookup: flags.hostnameLookup,
      resources: detectResources(resources, await hostCapacity(workDirectory), { defaultRole }),
      attributes,
      switchUser: flags.switchUser,
      frameworksHome: flags.frameworksHome,
      executorShutdownGracePeriodMs: flags.executorShutdownGracePeriodMs,
      maxCompletedExecutorsPerFramework: flags.maxCompletedExecutorsPerFramework,
      killLeftovers: flags.dockerKillOrphans,
      session: {
        credential: flags.credential,
        registrationBackoffFactorMs: flags.registrationBackoffFactorMs,
        authenticationBackoffFactorMs: flags.authenticationBackoffFactorMs,
        authenticationTimeoutMinMs: flags.authenticationTimeoutMinMs,
        authenticationTimeoutMaxMs: flags.authenticationTimeoutMaxMs,
      },
      http: {
        flags: given,
        credentials: flags.httpCredentials ?? [],
        authenticateReadonly: flags.authenticateHttpReadonly,
        authenticateReadwrite: flags.authenticateHttpReadwrite,
        disabledEndpoints: flags.disabledEndpoints,
      },
    },
  };
}

/** The flag, then DOCKER_HOST, then Docker's own place. */
async function engineEndpoint(flags: AgentFlags, env: AgentIo["env"]): Promise<EngineEndpoint> {
  if (flags.dockerSocket !== undefined) return { kind: "unix", socketPath: flags.dockerSocket };
  return endpointFromEnvironment(env);
}

/** Without links: paths of sandboxes go to the engine, and are compared. */
async function makeWorkDir(workDirectory: string): Promise<string> {
  try {
    await mkdir(workDirectory, { recursive: true });
    return await realpath(workDirectory);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("environment", `cannot make the work folder ${workDirectory}: ${message}`, { cause });
  }
}

/** A folder of this agent's own: a fetcher counts only what it has put there itself, and agents of one machine share the flag's default. */
function cacheDirectory(parent: string, workDirectory: string): string {
  return path.join(parent, createHash("sha256").update(workDirectory).digest("hex").slice(0, 16));
}

function peersMustMatch(env: AgentIo["env"]): boolean {
  const value = env["LIBPROCESS_REQUIRE_PEER_ADDRESS_IP_MATCH"] ?? "";
  return value !== "" && value !== "false" && value !== "0";
}
