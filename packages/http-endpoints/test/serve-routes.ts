import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { silentLog } from "@berth/log";
import { onTestFinished } from "vitest";
import { createHttpEndpoints, type HttpEndpointsOptions, type Route } from "../src/index.ts";

/** A real server on loopback for the length of a test. */
export async function serveRoutes(
  routes: readonly Route[],
  options: Omit<Partial<HttpEndpointsOptions>, "routes"> = {},
): Promise<{ readonly url: string; readonly port: number; readonly receivedBytes: () => number }> {
  const server = createServer(
    createHttpEndpoints({ log: silentLog }, { processIds: ["slave(1)"], ...options, routes }),
  );
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.keepAliveTimeout = 0; // as libprocess: idle connections are not closed by us
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const { port } = server.address() as AddressInfo;
  const receivedBytes = () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0);
  return { url: `http://127.0.0.1:${port}`, port, receivedBytes };
}
