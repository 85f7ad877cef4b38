import type { Server, Socket } from "node:net";
import type { LibprocessLimits } from "./options.ts";
import type { RepeatLog } from "./repeat-log.ts";

/** Refuses connections beyond the limits; returns those that are open. A refused one is closed before anything of it is read. */
export function capConnections(
  server: Server,
  limits: Pick<LibprocessLimits, "connections" | "connectionsPerAddress">,
  log: RepeatLog,
): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const perAddress = new Map<string, number>();
  server.maxConnections = limits.connections;
  server.on("drop", (dropped) => {
    log.warn("connection refused: too many are open", "", { from: dropped?.remoteAddress, limit: limits.connections });
  });
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (perAddress.get(address) ?? 0) + 1;
    if (count > limits.connectionsPerAddress) {
      socket.destroy();
      const limit = limits.connectionsPerAddress;
      log.warn("connection refused: its address has too many open", address, { from: address, limit });
      return;
    }
    perAddress.set(address, count);
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
  return open;
}
