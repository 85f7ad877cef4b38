import type { AgentView } from "@berth/agent-core";
import { type HttpAnswer, type Route, textAnswer } from "@berth/http-endpoints";
import type { VersionInfo } from "@berth/proto/v1";
import { createAgentFiles } from "./files/agent-files.ts";
import { createFileRoots } from "./files/file-roots.ts";
import { fileRoutes } from "./files/file-routes.ts";
import { readIdNames } from "./files/id-names.ts";
import { legacyRoutes } from "./legacy/legacy-routes.ts";
import { loggingRoute } from "./legacy/logging-route.ts";
import type { ContainersPort } from "./list-containers.ts";
import { collectMetrics, type MetricsSource } from "./metrics/collect-metrics.ts";
import { metricsRoutes } from "./metrics/metrics-routes.ts";
import { nodeTimers } from "./node-timers.ts";
import type { SessionState } from "./session-state.ts";
import { apiRoutes } from "./v1/api-routes.ts";
import { createVerbosity, type LogLevelPort } from "./verbosity.ts";

export interface AgentApiDeps {
  readonly view: AgentView;
  readonly containerizer: ContainersPort;
  readonly session: SessionState;
  /** The log whose level operators may change. */
  readonly logLevel: LogLevelPort;
  /** What others count: the fetcher, the sandboxes' removal, the engine. Later ones win. */
  readonly metricsSources?: readonly MetricsSource[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface AgentApiOptions {
  /** All flags with their values, as the agent runs; secrets are the caller's to leave out. */
  readonly flags: Readonly<Record<string, string>>;
  readonly version: VersionInfo;
  /** `slave(1)@10.0.0.2:5051` */
  readonly pid: string;
  /** Shown as `/slave/log`. */
  readonly logFile?: string | undefined;
  /** The least time between two `/metrics/snapshot`; 500, two in a second. */
  readonly metricsSnapshotIntervalMs?: number | undefined;
}

/** The HTTP API of an agent. */
export interface AgentApi {
  /** For createHttpEndpoints, beside those of other APIs. They carry the realms `mesos-agent-readonly` and `mesos-agent-readwrite`. */
  readonly routes: readonly Route[];
  /** Lets the view go and sets the log's level back. */
  close(): void;
}

/** Watches the view's sandboxes from now on. */
export function createAgentApi(deps: AgentApiDeps, options: AgentApiOptions): AgentApi {
  const { view, containerizer, session, now } = deps;
  const { flags, version, pid } = options;
  const roots = createFileRoots();
  if (options.logFile !== undefined) roots.attach("/slave/log", options.logFile);
  const stopWatching = view.watchSandboxes({
    attached: (virtualPath, directory) => roots.attach(virtualPath, directory),
    detached: (virtualPath) => roots.detach(virtualPath),
  });
  const files = createAgentFiles({ roots, readIdNames });
  const verbosity = createVerbosity(deps.logLevel, nodeTimers);
  const collect = () => collectMetrics({ view, session, sources: deps.metricsSources ?? [], now });
  const refuse = (): HttpAnswer | undefined =>
    session.recovering ? textAnswer(503, "Agent has not finished recovery") : undefined;
  const facts = () => ({ version, pid, flags, masterHostname: session.masterHostname });
  const pace = { now: nodeTimers.now, wait: nodeTimers.wait };
  return {
    routes: [
      ...apiRoutes({ view, containerizer, files, verbosity, collectMetrics: collect, flags, version }, refuse),
      ...legacyRoutes({ ...pace, view, containerizer, facts, refuse }),
      ...metricsRoutes({ ...pace, collect }, { snapshotIntervalMs: options.metricsSnapshotIntervalMs ?? 500 }),
      ...fileRoutes(files, roots),
      loggingRoute(verbosity),
    ],
    close() {
      stopWatching();
      verbosity.close();
    },
  };
}
