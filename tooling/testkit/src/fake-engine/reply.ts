import http from "node:http";
import type { Duplex } from "node:stream";
import type { FaultAction } from "./faults.ts";

/** How a route answers. The faults that strike an answer are behind it, so that routes know nothing of them. */
export interface Reply {
  /** Status and headers, sent at once. */
  head(status: number, headers?: Readonly<Record<string, string>>): void;
  write(chunk: string | Buffer): void;
  end(): void;
  /** Resolves when the connection is gone or the answer is complete. */
  readonly closed: Promise<void>;
}

/** Where the bytes of an answer go: a ServerResponse, or the raw socket of an upgrade. */
export interface ReplySink {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  write(chunk: Buffer): void;
  end(): void;
  readonly socket: Duplex;
  readonly closed: Promise<void>;
}

export function sendJson(reply: Reply, status: number, value: unknown): void {
  reply.head(status, { "content-type": "application/json" });
  reply.write(`${JSON.stringify(value)}\n`);
  reply.end();
}

export function sendError(reply: Reply, status: number, message: string): void {
  sendJson(reply, status, { message });
}

export function sendEmpty(reply: Reply, status: number): void {
  reply.head(status);
  reply.end();
}

export function responseSink(response: http.ServerResponse): ReplySink {
  response.on("error", () => undefined);
  return {
    head(status, headers) {
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    write: (chunk) => void response.write(chunk),
    end: () => void response.end(),
    socket: response.socket as Duplex,
    closed: new Promise((resolve) => response.once("close", () => resolve())),
  };
}

/** The sink of a request with `Upgrade`: 101 leaves the socket open for raw bytes, any other status is a whole answer. */
export function upgradeSink(socket: Duplex): ReplySink {
  socket.on("error", () => undefined);
  // Nobody reads what comes in, so without this its end would never be seen; a client that leaves takes the stream with it.
  socket.resume();
  socket.once("end", () => socket.end());
  return {
    head(status, headers) {
      const all =
        status === 101 ? { ...headers, connection: "Upgrade", upgrade: "tcp" } : { ...headers, connection: "close" };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      const reason = status === 101 ? "UPGRADED" : (http.STATUS_CODES[status] ?? "");
      socket.write(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`);
    },
    write: (chunk) => void socket.write(chunk),
    end: () => void socket.end(),
    socket,
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
}

/** Resets a connection: with RST where there is TCP, else by closing it with nothing said. */
export function resetSocket(socket: Duplex): void {
  try {
    if ("resetAndDestroy" in socket && typeof socket.resetAndDestroy === "function") socket.resetAndDestroy();
    else socket.destroy();
  } catch {
    // A unix socket has no RST; its peer sees the same ECONNRESET when it is closed within an answer.
    socket.destroy();
  }
}

export interface ReplyOptions {
  readonly action: FaultAction | undefined;
  /** Cuts a chunk into the pieces that are written one by one. */
  readonly split: (chunk: Buffer) => readonly Buffer[];
}

export function createReply(sink: ReplySink, { action, split }: ReplyOptions): Reply {
  const silent = () => undefined;
  const plain: Reply = {
    head: (status, headers = {}) => sink.head(status, headers),
    write: (chunk) => {
      for (const piece of split(Buffer.from(chunk))) sink.write(piece);
    },
    end: () => sink.end(),
    closed: sink.closed,
  };
  switch (action?.kind) {
    case "hang-after-effect":
      return { head: silent, write: silent, end: silent, closed: sink.closed };
    case "reset-after-effect":
      return { head: () => resetSocket(sink.socket), write: silent, end: silent, closed: sink.closed };
    case "hang-after-headers":
      return { ...plain, write: silent, end: silent };
    case "cut":
      return cutReply(plain, sink, action.afterBytes);
    case "rewrite":
      return wholeBodyReply(plain, (text) => JSON.stringify(action.body(JSON.parse(text))));
    case "garble":
      return wholeBodyReply(plain, () => action.body);
    case "answer":
    case "delay":
    case "hang-before-headers":
    case "reset":
    case undefined:
      return plain;
  }
}

function cutReply(plain: Reply, sink: ReplySink, afterBytes: number): Reply {
  let left = afterBytes;
  const cut = () => {
    // What was written must leave before the connection does, or the cut would be before it.
    setImmediate(() => sink.socket.destroy());
  };
  return {
    ...plain,
    head: (status, headers) => {
      plain.head(status, headers);
      if (left === 0) cut();
    },
    write: (chunk) => {
      if (left <= 0) return;
      const bytes = Buffer.from(chunk);
      plain.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) cut();
    },
    end: () => cut(),
  };
}

function wholeBodyReply(plain: Reply, change: (text: string) => string): Reply {
  const chunks: Buffer[] = [];
  return {
    ...plain,
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    end: () => {
      plain.write(change(Buffer.concat(chunks).toString()));
      plain.end();
    },
  };
}
