import net, { type AddressInfo, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { onTestFinished } from "vitest";

export interface RawServer {
  readonly url: string;
  /** The heads of all requests so far, in order. */
  readonly heads: string[];
  /** One for each connection: resolves when it is closed. */
  readonly closed: Promise<void>[];
}

/** A TCP server that answers each request with the very bytes a test sends. Closed when the test ends. */
export async function rawServer(answer: (socket: Socket, count: number) => Promise<void>): Promise<RawServer> {
  const heads: string[] = [];
  const closed: Promise<void>[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    closed.push(new Promise((resolve) => socket.on("close", () => resolve())));
    // The client may leave at any time; that is what `closed` says.
    socket.on("error", () => {});
    let head = "";
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      heads.push(head);
      head = "";
      void answer(socket, heads.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heads, closed };
}

/** Hands the bytes to the kernel and lets the other side read; also resolves when there is no other side any more. */
export async function send(socket: Socket, bytes: Buffer | string): Promise<void> {
  if (!socket.destroyed) await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  await setImmediate();
}

export function headOf(lines: readonly string[]): Buffer {
  return Buffer.from([...lines, "", ""].join("\r\n"), "latin1");
}
