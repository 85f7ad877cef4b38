import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AgentSnapshot, SandboxListener } from "@berth/agent-core";
import { createHttpEndpoints, type HttpEndpointsOptions } from "@berth/http-endpoints";
import { type LogLevel, silentLog } from "@berth/log";
import { onTestFinished } from "vitest";
import { type AgentApiDeps, type AgentApiOptions, createAgentApi } from "../src/index.ts";
import { answer, at, recordedContainer, recordedSnapshot } from "./recorded-agent.ts";

export interface ServeAgentOptions {
  readonly snapshot?: AgentSnapshot;
  readonly deps?: Partial<AgentApiDeps>;
  readonly options?: Partial<AgentApiOptions>;
  readonly endpoints?: Partial<HttpEndpointsOptions>;
  /** Virtual to real. */
  readonly sandboxes?: Readonly<Record<string, string>>;
}

export interface ServedAgent {
  readonly url: string;
  readonly port: number;
  readonly session: { registered: boolean; recovering: boolean; masterHostname: string | undefined };
  readonly log: { level: LogLevel };
  readonly sandboxes: SandboxListener;
  /** Ids that the containerizer was asked the usage of. */
  readonly asked: string[];
}

/** The API of an agent like the recorded one, on loopback for the length of a test. */
export async function serveAgent(given: ServeAgentOptions = {}): Promise<ServedAgent> {
  const snapshot = given.snapshot ?? recordedSnapshot();
  const session: ServedAgent["session"] = { registered: true, recovering: false, masterHostname: "localhost" };
  const log = { level: "info" as LogLevel, setLevel: (level: LogLevel) => void (log.level = level) };
  const asked: string[] = [];
  let sandboxes: SandboxListener | undefined;
  const { version, build_date, build_time, build_user, git_sha } = answer("root5051.version") as Record<string, string>;
  const api = createAgentApi(
    {
      view: {
        snapshot: () => snapshot,
        metrics: () => ({ "slave/tasks_running": 2 }),
        watchSandboxes(listener) {
          sandboxes = listener;
          for (const [path, directory] of Object.entries(given.sandboxes ?? {})) listener.attached(path, directory);
          return () => {};
        },
      },
      containerizer: {
        async usage({ value = "" }) {
          asked.push(value);
          return recordedContainer(value).usage;
        },
        status: async ({ value = "" }) => recordedContainer(value).status,
        containers: async () =>
          snapshot.frameworks.flatMap((each) => each.executors.map((e) => ({ value: e.containerId }))),
      },
      session,
      logLevel: log,
      now: () => snapshot.startTimeMs + 5000,
      ...given.deps,
    },
    {
      flags: at(answer("agent.flags"), "flags") as Record<string, string>,
      version: {
        version,
        buildDate: build_date,
        buildTime: Number(build_time),
        buildUser: build_user,
        gitSha: git_sha,
      },
      pid: "slave(1)@127.0.0.1:5051",
      ...given.options,
    },
  );
  const server = createServer(
    createHttpEndpoints({ log: silentLog }, { processIds: ["slave(1)"], ...given.endpoints, routes: api.routes }),
  );
  server.keepAliveTimeout = 0; // as libprocess: idle connections are not closed by us
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", 4096, resolve); // a thousand may come at once
  });
  onTestFinished(async () => {
    api.close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  if (sandboxes === undefined) throw new Error("nobody watches the sandboxes");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, session, log, sandboxes, asked };
}
