import { rm } from "node:fs/promises";
import path from "node:path";
import { createAgentApi, type LogLevelPort, readonlyRealm, readwriteRealm } from "@berth/agent-api";
import { type AgentCore, createAgentCore } from "@berth/agent-core";
import { type Authenticator, createBasicAuthenticator, createHttpEndpoints } from "@berth/http-endpoints";
import { createLibprocess, formatPid, type LibprocessOptions, parsePid } from "@berth/libprocess";
import type { Log } from "@berth/log";
import type { MasterDetector } from "@berth/master-detector";
import { createMasterSession, type MasterSessionOptions } from "@berth/master-session";
import type { Attribute, Resource } from "@berth/proto/v1";
import { createStatusUpdates } from "@berth/status-updates";
import type { DockerParts } from "./compose-docker.ts";
import { withFirewall } from "./firewall.ts";
import { hostName } from "./machine/host-name.ts";
import { endLeftovers } from "./machine/leftovers.ts";
import { berthVersion, mesosVersion } from "./version.ts";

export interface AgentSettings {
  /** Absolute, and there. */
  readonly workDirectory: string;
  /** Undefined keeps nothing on disk. */
  readonly metaDirectory: string | undefined;
  readonly listen: LibprocessOptions;
  readonly hostname: string | undefined;
  readonly hostnameLookup: boolean;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly switchUser: boolean;
  readonly frameworksHome: string | undefined;
  readonly executorShutdownGracePeriodMs: number;
  readonly maxCompletedExecutorsPerFramework: number;
  /** Containers of an earlier life are ended; else they keep the agent from starting. */
  readonly killLeftovers: boolean;
  readonly session: MasterSessionOptions;
  readonly http: {
    /** For `/flags`. */
    readonly flags: Readonly<Record<string, string>>;
    readonly credentials: readonly { readonly principal: string; readonly secret: string }[];
    readonly authenticateReadonly: boolean;
    readonly authenticateReadwrite: boolean;
    readonly disabledEndpoints: readonly string[];
  };
}

export interface AgentSystemDeps {
  readonly docker: DockerParts;
  readonly detector: MasterDetector;
  readonly log: Log;
  /** What `/logging/toggle` changes. */
  readonly logLevel: LogLevelPort;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The master orders the end, or the agent cannot go on. */
  readonly onShutdown: (shutdown: { readonly kind: "ordered" | "fatal"; readonly message: string }) => void;
}

/** An agent whose port is open. */
export interface AgentSystem {
  /** `slave(1)@127.0.0.1:5051` */
  readonly pid: string;
  readonly address: { readonly host: string; readonly port: number };
  /** Reads what an earlier life has left, ends its containers, then looks for the master. */
  start(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Resolves when a master has taken the agent for the first time. */
  readonly registered: Promise<void>;
  /** Lets go: tasks run on. */
  leave(): Promise<void>;
  /**
   * Ends all tasks for good, those that an earlier life left as well; the master is told with `unregister`. `hurry` lets go of what has not ended
   * yet, and the agent keeps its id for a next life that does. Recovery that is under way is waited for: abort its signal with `hurry`.
   */
  shutDown(options: { readonly unregister: boolean; readonly hurry?: AbortSignal | undefined }): Promise<void>;
}

const processId = "slave(1)";
/** How long a last message may take to leave. */
const flushMs = 2000;

/** Opens the agent's port and wires its parts. Rejects with LibprocessError. */
export async function openAgent(deps: AgentSystemDeps, settings: AgentSettings): Promise<AgentSystem> {
  const { docker, detector, log, now } = deps;
  const libprocess = createLibprocess({ log: log.child({ component: "libprocess" }), now }, settings.listen);
  await libprocess.listen();
  const pid = formatPid(libprocess.pid(processId));
  const { host, port } = libprocess.address;
  const registered = Promise.withResolvers<void>();

  const core: AgentCore = createAgentCore(
    {
      containerizer: docker.containerizer,
      createStatusUpdates: (forward) =>
        createStatusUpdates({ forward, log, timers: { set: setTimeout, clear: clearTimeout } }),
      sendToMaster: (name, body) => session.send(name, body),
      sendToPid: (to, name, body) => {
        const parsed = parsePid(to);
        if (parsed !== undefined) libprocess.send(processId, parsed, name, body);
      },
      endLeftovers: (agentId, options) =>
        endLeftovers({ containers: docker.engine.containers, log }, agentId, {
          kill: settings.killLeftovers,
          signal: options?.signal,
        }),
      log: log.child({ component: "agent" }),
      now,
    },
    {
      ...settings,
      pid,
      hostname: await hostName(settings, libprocess.address, log),
      ip: host,
      port,
      version: mesosVersion,
    },
  );
  const session = createMasterSession(
    {
      libprocess,
      detector,
      source: core,
      listener: {
        onRegistered: (agentId) => core.onRegistered(agentId),
        onReregistered: (message) => core.onReregistered(message),
        onStateChanged: (state) => {
          core.onConnected(state === "RUNNING");
          if (state === "RUNNING") registered.resolve();
        },
        onMessage: (message) => core.onMessage(message),
        onShutdown: deps.onShutdown,
      },
      log,
      random: Math.random,
    },
    { ...settings.session, processId },
  );
  const api = createAgentApi(
    {
      view: core,
      containerizer: docker.containerizer,
      session: {
        get registered() {
          return session.state === "RUNNING";
        },
        get recovering() {
          return session.state === "RECOVERING";
        },
        get masterHostname() {
          return session.master?.hostname;
        },
      },
      logLevel: deps.logLevel,
      metricsSources: [() => fetcherMetrics(docker)],
      now,
    },
    { flags: settings.http.flags, version: { version: mesosVersion, buildUser: `berth ${berthVersion()}` }, pid },
  );
  const closing = new AbortController();
  libprocess.serveHttp(
    createHttpEndpoints(
      { log: log.child({ component: "http" }) },
      {
        routes: withFirewall(api.routes, processId, settings.http.disabledEndpoints),
        processIds: [processId],
        authenticate: authenticators(settings.http),
        signal: closing.signal,
      },
    ),
  );

  const close = async (options: { readonly removeNow: boolean }) => {
    closing.abort();
    api.close();
    await session.close();
    await detector.close();
    await core.close();
    await libprocess.flush(flushMs);
    await libprocess.close();
    await docker.close(options);
  };
  let recovery: Promise<"recovered" | "not-recovered"> = Promise.resolve("not-recovered");
  let isEnding = false;
  const endEverything = async () => {
    const outcome = await recovery;
    await core.shutDownFrameworks();
    return outcome;
  };
  return {
    pid,
    address: { host, port },
    registered: registered.promise,
    async start({ signal }) {
      const recovering = core.recover({ signal });
      recovery = recovering.then(
        () => "recovered",
        () => "not-recovered",
      );
      await recovering;
      signal.throwIfAborted();
      if (!isEnding) session.start();
    },
    leave: () => close({ removeNow: false }),
    async shutDown({ unregister, hurry }) {
      isEnding = true;
      if (unregister) session.unregister();
      session.terminate();
      const outcome = await Promise.race([endEverything(), aborted(hurry)]);
      await close({ removeNow: outcome !== "aborted" });
      if (outcome === "recovered") {
        // An agent whose tasks have all ended has nothing to come back for: the next life is a new agent.
        if (settings.metaDirectory !== undefined) await rm(latestAgent(settings.metaDirectory), { force: true });
      } else {
        // A new agent would not know of them.
        log.warn("containers may be left, and the agent keeps its id: the next life ends them");
      }
    },
  };
}

/** The link that says who the agent is. */
function latestAgent(metaDirectory: string): string {
  return path.join(metaDirectory, "slaves", "latest");
}

function aborted(signal: AbortSignal | undefined): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve("aborted");
    signal?.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

function authenticators(http: AgentSettings["http"]): Readonly<Record<string, Authenticator>> {
  const of = (realm: string, wanted: boolean) =>
    wanted ? { [realm]: createBasicAuthenticator(http.credentials, realm) } : {};
  return { ...of(readonlyRealm, http.authenticateReadonly), ...of(readwriteRealm, http.authenticateReadwrite) };
}

function fetcherMetrics({ fetcher }: DockerParts): Readonly<Record<string, number>> {
  const counts = fetcher.metrics();
  return {
    "containerizer/fetcher/task_fetches_succeeded": counts.taskFetchesSucceeded,
    "containerizer/fetcher/task_fetches_failed": counts.taskFetchesFailed,
    "containerizer/fetcher/cache_size_total_bytes": counts.cacheSizeTotalBytes,
    "containerizer/fetcher/cache_size_used_bytes": counts.cacheSizeUsedBytes,
  };
}
