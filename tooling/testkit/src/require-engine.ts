import http from "node:http";

export interface RealEngine {
  /** `unix:///var/run/docker.sock`, as DOCKER_HOST would have it. */
  readonly host: string;
  readonly socketPath: string;
}

/**
 * The real engine for integration tests: DOCKER_HOST when it is a unix socket, else the default socket.
 * Returns undefined without one, so that a test can skip; throws instead when REQUIRE_DOCKER=1.
 */
export async function findEngine(): Promise<RealEngine | undefined> {
  const host = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
  const socketPath = host.startsWith("unix://") ? host.slice("unix://".length) : undefined;
  const answers = socketPath !== undefined && (await pings(socketPath));
  if (socketPath !== undefined && answers) return { host, socketPath };
  if (process.env["REQUIRE_DOCKER"] === "1") throw new Error(`REQUIRE_DOCKER=1 and no engine answers at ${host}`);
  return undefined;
}

function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ socketPath, path: "/_ping", timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
