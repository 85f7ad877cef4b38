import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";
import { decodeMessage, type MessageCodec } from "@berth/proto";
import * as authentication from "@berth/proto/internal/authentication";
import * as messages from "@berth/proto/internal/messages";
import type { RecordedMessage } from "@berth/testkit";
import { vi } from "vitest";

export interface Received {
  /** `slave(1)` */
  readonly to: string;
  /** `PingSlaveMessage` */
  readonly name: string;
  readonly from: string;
  readonly request: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The agent's end of the wire without any of our code: a Node HTTP server, and bytes written to sockets. */
export class RawAgent implements AsyncDisposable {
  readonly received: Received[] = [];
  /** Whether pings are answered. */
  pongs = true;
  readonly #server = http.createServer();
  readonly #sockets = new Set<Socket>();
  readonly #masterPort: number;

  private constructor(masterPort: number) {
    this.#masterPort = masterPort;
  }

  static async start(masterPort: number, port = 0): Promise<RawAgent> {
    const agent = new RawAgent(masterPort);
    Object.assign(agent.#server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, timeout: 0 });
    agent.#server.on("connection", (socket) => {
      agent.#sockets.add(socket);
      socket.once("close", () => agent.#sockets.delete(socket));
    });
    agent.#server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [, to = "", name = ""] = (request.url ?? "").split("/");
        agent.received.push({
          to,
          name: name.replace("mesos.internal.", ""),
          from: String(request.headers["libprocess-from"]),
          request: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
          rawHeaders: request.rawHeaders,
          body: Buffer.concat(chunks),
        });
        response.writeHead(202, { "content-length": 0 }).end();
        if (agent.pongs && name.endsWith("PingSlaveMessage")) agent.#pong(String(request.headers["libprocess-from"]));
      });
    });
    agent.#server.listen(port, "127.0.0.1");
    await once(agent.#server, "listening");
    return agent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get pid(): string {
    return `slave(1)@127.0.0.1:${this.port}`;
  }

  /** Writes a recorded request as it was, with our ports in its head; resolves with the status of the answer. */
  async replay(recorded: RecordedMessage): Promise<number> {
    return this.write(withPorts(recorded.raw, { 5050: this.#masterPort, 5051: this.port }));
  }

  /** Sends a message of one's own making. */
  async send(name: string, body: Uint8Array, to = "master", from = this.pid): Promise<number> {
    const head = [
      `POST /${to}/mesos.internal.${name} HTTP/1.1`,
      `User-Agent: libprocess/${from}`,
      `Libprocess-From: ${from}`,
      "Connection: Keep-Alive",
      "Host: ",
      `Content-Length: ${body.byteLength}`,
    ];
    return this.write(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]));
  }

  async write(bytes: Uint8Array): Promise<number> {
    const socket = net.connect(this.#masterPort, "127.0.0.1");
    try {
      await once(socket, "connect");
      socket.write(bytes);
      const [answer] = (await once(socket, "data")) as [Buffer];
      return Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString("latin1"))?.[1]);
    } finally {
      socket.destroy();
    }
  }

  /** The nth message of a name, past or to come. */
  async message(name: string, nth = 0): Promise<Received> {
    const found = () => this.received.filter((each) => each.name === name)[nth];
    return vi.waitFor(() => found() ?? Promise.reject(new Error(`no ${name} has come`)), {
      timeout: 5000,
      interval: 2,
    });
  }

  /** As recorded: a POST without a body. */
  #pong(observer: string): void {
    const to = observer.slice(0, observer.indexOf("@"));
    const socket = net.connect(this.#masterPort, "127.0.0.1");
    socket.on("error", () => {});
    socket.once("data", () => socket.destroy());
    socket.write(
      `POST /${to}/mesos.internal.PongSlaveMessage HTTP/1.1\r\nLibprocess-From: ${this.pid}\r\nConnection: Keep-Alive\r\nHost: \r\n\r\n`,
    );
  }

  /** Ends the connections that the master has opened, and takes new ones. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }
}

/** Decodes what was received, or recorded, under its name. */
export function decodeNamed(name: string, body: Uint8Array): unknown {
  const codecs: Record<string, unknown> = { ...messages, ...authentication };
  const read = decodeMessage(codecs[name] as MessageCodec<object>, body);
  if (!read.ok) throw new Error(`no ${name}: ${JSON.stringify(read.faults)}`);
  return read.value;
}

function withPorts(raw: Uint8Array, ports: Readonly<Record<number, number>>): Buffer {
  const text = Buffer.from(raw);
  const end = text.indexOf("\r\n\r\n");
  let head = text.subarray(0, end).toString("latin1");
  for (const [before, after] of Object.entries(ports)) head = head.replaceAll(`:${before}`, `:${after}`);
  return Buffer.concat([Buffer.from(head, "latin1"), text.subarray(end)]);
}
