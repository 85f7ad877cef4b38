import net, { type AddressInfo, type Socket } from "node:net";
import type { Log, LogFields } from "@berth/log";
import { expect, onTestFinished } from "vitest";
import {
  createLibprocess,
  type Libprocess,
  type LibprocessDeps,
  type LibprocessMessage,
  type LibprocessOptions,
} from "../src/index.ts";

export interface LogLine extends LogFields {
  readonly message: string;
}

/** A log that keeps what was said. */
export function keepLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep = (message: string, fields?: LogFields) => void lines.push({ ...fields, message });
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
  return { log, lines };
}

export interface Node extends Libprocess {
  readonly lines: LogLine[];
}

/** One that listens on loopback and closes with the test. */
export async function startNode(
  options: Partial<LibprocessOptions> = {},
  deps: Partial<LibprocessDeps> = {},
): Promise<Node> {
  const { log, lines } = keepLog();
  const node = createLibprocess(
    { log, now: performance.now.bind(performance), ...deps },
    { ip: "127.0.0.1", port: 0, ...options },
  );
  onTestFinished(() => node.close());
  await node.listen();
  return Object.defineProperty(node as Node, "lines", { value: lines });
}

/** What a process of it gets. */
export function collect(node: Libprocess, id: string): LibprocessMessage[] {
  const got: LibprocessMessage[] = [];
  node.spawn(id, (message) => got.push(message));
  return got;
}

export interface RawClient {
  readonly socket: Socket;
  /** All that came back so far, latin1. */
  readonly text: () => string;
  readonly closed: Promise<void>;
  write(bytes: string | Uint8Array): Promise<void>;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("data", (bytes) => (text += bytes.toString("latin1")));
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return {
    socket,
    text: () => text,
    closed,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, "latin1", (error) => (error == null ? resolve() : reject(error)));
      }),
  };
}

export interface RawServer {
  readonly port: number;
  /** In the order of their arrival. */
  readonly sockets: Socket[];
  /** Per connection, all bytes so far. */
  readonly received: () => Buffer[];
}

/** Takes bytes and keeps them. What it answers is up to `onConnection`. */
export async function rawServer(onConnection: (socket: Socket, index: number) => void = () => {}): Promise<RawServer> {
  const sockets: Socket[] = [];
  const parts: Buffer[][] = [];
  const received = () =>
    parts.map((each) => {
      const whole = Buffer.concat(each);
      each.splice(0, each.length, whole);
      return whole;
    });
  const server = net.createServer((socket) => {
    const index = sockets.push(socket) - 1;
    const own: Buffer[] = [];
    parts[index] = own;
    socket.on("data", (bytes: Buffer) => own.push(bytes));
    socket.on("error", () => {});
    onConnection(socket, index);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, sockets, received };
}

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const textOf = (body: Uint8Array): string => Buffer.from(body).toString();

/** A linked peer. What comes back shows that it is still served: a message gets through, and its connection is the old one. */
export async function wellBehaved(port: number, arrived: () => number | Promise<number>): Promise<() => Promise<void>> {
  const peer = await startNode();
  const exits: number[] = [];
  const to = { id: "good", host: "127.0.0.1", port };
  peer.link(to, () => exits.push(1));
  return async () => {
    const before = await arrived();
    peer.send("peer", to, "n", bytes("x"));
    await expect.poll(async () => arrived(), { interval: 5 }).toBe(before + 1);
    expect(exits).toEqual([]);
  };
}
