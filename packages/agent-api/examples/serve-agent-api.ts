import { createServer, type Server } from "node:http";
import { type AgentApiDeps, createAgentApi, readonlyRealm, readwriteRealm } from "@berth/agent-api";
import { createBasicAuthenticator, createHttpEndpoints, type Route } from "@berth/http-endpoints";
import type { Log } from "@berth/log";

/** The agent's API, and beside it the routes of others, behind basic authentication. */
export function serveAgentApi(deps: AgentApiDeps, log: Log, moreRoutes: readonly Route[]): Server {
  const credentials = [{ principal: "operator", secret: "s3cret" }];
  const api = createAgentApi(deps, {
    flags: { port: "5051", work_dir: "/var/lib/berth" },
    version: { version: "1.11.0" },
    pid: "slave(1)@10.0.0.2:5051",
    logFile: "/var/log/berth-agent.log", // shown as /slave/log
  });
  const listener = createHttpEndpoints(
    { log },
    {
      routes: [...api.routes, ...moreRoutes],
      processIds: ["slave(1)"],
      authenticate: Object.fromEntries(
        [readonlyRealm, readwriteRealm].map((realm) => [realm, createBasicAuthenticator(credentials, realm)]),
      ),
    },
  );
  return createServer(listener).on("close", () => api.close());
}
