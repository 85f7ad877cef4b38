import { mkdir, realpath } from "node:fs/promises";
import path from "node:path";
import { createLocalMaster } from "@berth/local-master";
import { detectResources } from "@berth/resources";
import { openAgent } from "./agent-system.ts";
import { composeDocker } from "./compose-docker.ts";
import { detectMaster } from "./detect-master.ts";
import type { EmbeddedOptions, EmbeddedSystem } from "./embedded-options.ts";
import { hostCapacity } from "./machine/host-capacity.ts";
import { portTrust } from "./machine/port-trust.ts";

const loopback = "127.0.0.1";

/**
 * Starts a master and an agent for the time of one run, and resolves when the agent is registered. Nothing is on disk but sandboxes and
 * the fetcher's cache. Rejects with LibprocessError, or ResourcesError for resources that cannot be.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedSystem> {
  const { now, log, env } = options;
  await mkdir(options.workDirectory, { recursive: true });
  const workDirectory = await realpath(options.workDirectory);
  await using undo = new AsyncDisposableStack();
  const master = createLocalMaster({ log }, { ip: loopback, port: 0, now });
  undo.defer(() => master.close());
  await master.start();
  const docker = composeDocker({
    endpoint: options.endpoint,
    now,
    // Nobody comes back for a container of one run: it goes with its task.
    executor: { removeDelayMs: 0 },
    fetcher: {
      cacheDirectory: options.fetcherCacheDirectory ?? path.join(workDirectory, "fetch"),
      stallTimeoutMs: options.fetcherStallTimeoutMs,
      environment: env,
      hadoopHome: options.hadoopHome,
    },
    puller: { dockerConfig: options.dockerConfig, environment: env },
  });
  const failed = Promise.withResolvers<never>();
  const { host, port } = master.address;
  const agent = await openAgent(
    {
      docker,
      detector: detectMaster(`${host}:${port}`, { log }),
      log,
      logLevel: { level: "info", setLevel: () => undefined },
      now,
      onShutdown: ({ message }) => failed.reject(new Error(message)),
    },
    {
      workDirectory,
      metaDirectory: undefined,
      listen: { ip: loopback, port: 0, ...portTrust({ master: undefined, hostname: undefined }, loopback) },
      hostname: loopback,
      hostnameLookup: false,
      resources: detectResources(options.resources ?? [], await hostCapacity(workDirectory)),
      attributes: [],
      switchUser: options.switchUser,
      frameworksHome: options.frameworksHome,
      executorShutdownGracePeriodMs: 5000,
      maxCompletedExecutorsPerFramework: 150,
      killLeftovers: false,
      session: { registrationBackoffFactorMs: 0 },
      http: {
        flags: { work_dir: workDirectory, ip: loopback, port: "0" },
        credentials: [],
        authenticateReadonly: false,
        authenticateReadwrite: false,
        disabledEndpoints: [],
      },
    },
  );
  const close = () => agent.shutDown({ unregister: false });
  undo.defer(close);
  await agent.start({ signal: new AbortController().signal });
  await Promise.race([agent.registered, failed.promise]);
  const system = undo.move();
  return {
    masterAddress: { host, port },
    agentAddress: agent.address,
    checkEngine: async () => void (await docker.engine.negotiatedApiVersion()),
    close: () => system.disposeAsync(),
  };
}
