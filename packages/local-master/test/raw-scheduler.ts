import { once } from "node:events";
import net, { type Socket } from "node:net";
import { createRecordDecoder, decodeMessage, parseMessage, toMesosJson } from "@berth/proto";
import { Event, type Event_Type } from "@berth/proto/v1/scheduler";
import { vi } from "vitest";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** One subscription over a socket, without any of our HTTP code. */
export class RawScheduler implements Disposable {
  readonly events: Event[] = [];
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  /** The last chunk has come, or the connection has ended. */
  ended = false;
  readonly #socket: Socket;
  readonly #port: number;

  private constructor(port: number) {
    this.#port = port;
    this.#socket = net.connect(port, "127.0.0.1");
  }

  /** Writes a whole SUBSCRIBE request and waits for the head of its answer. */
  static async open(port: number, request: Uint8Array): Promise<RawScheduler> {
    const scheduler = new RawScheduler(port);
    const socket = scheduler.#socket;
    let head = Buffer.alloc(0);
    const headed = Promise.withResolvers<void>();
    const decoder = createRecordDecoder((record) => scheduler.#take(record));
    const dechunk = dechunker(
      (chunk) => decoder.push(chunk),
      () => (scheduler.ended = true),
    );
    socket.on("error", () => headed.resolve());
    socket.on("close", () => {
      scheduler.ended = true;
      headed.resolve();
    });
    socket.on("data", (bytes: Buffer) => {
      if (scheduler.status !== 0) return dechunk(bytes);
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return;
      ({ status: scheduler.status, headers: scheduler.headers } = readHead(head.subarray(0, end).toString("latin1")));
      dechunk(head.subarray(end + 4));
      headed.resolve();
    });
    await once(socket, "connect");
    socket.write(request);
    await headed.promise;
    return scheduler;
  }

  static async subscribe(port: number, call: object): Promise<RawScheduler> {
    return RawScheduler.open(port, requestOf(port, JSON.stringify(call)));
  }

  get streamId(): string {
    return this.headers["mesos-stream-id"] ?? "";
  }

  get frameworkId(): string {
    return this.events.find((event) => event.type === "SUBSCRIBED")?.subscribed?.frameworkId?.value ?? "";
  }

  /** The nth event of a type, past or to come. */
  async event(type: Event_Type, nth = 0): Promise<Event> {
    const found = () => this.events.filter((event) => event.type === type)[nth];
    return vi.waitFor(() => found() ?? Promise.reject(new Error(`no ${type} has come`)), {
      timeout: 5000,
      interval: 2,
    });
  }

  async call(call: object, streamId: string | undefined = this.streamId): Promise<RawAnswer> {
    const body = JSON.stringify({ framework_id: { value: this.frameworkId }, ...call });
    return ask(this.#port, requestOf(this.#port, body, streamId));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #take(record: Uint8Array): void {
    const json = this.headers["content-type"] === "application/json";
    const read = json
      ? parseMessage(Event, Buffer.from(record).toString(), { unknown: "ignore" })
      : decodeMessage(Event, record);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    this.events.push(read.value);
  }
}

export function requestOf(port: number, body: string, streamId?: string): Buffer {
  return Buffer.from(
    [
      "POST /api/v1/scheduler HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      "Content-Type: application/json",
      "Accept: application/json",
      ...(streamId === undefined ? [] : [`Mesos-Stream-Id: ${streamId}`]),
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}

/** One request, one answer of a known length. */
export async function ask(port: number, request: Uint8Array): Promise<RawAnswer> {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => {});
  try {
    await once(socket, "connect");
    socket.write(request);
    let bytes = Buffer.alloc(0);
    for (;;) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end !== -1) {
        const { status, headers } = readHead(bytes.subarray(0, end).toString("latin1"));
        const length = Number(headers["content-length"] ?? 0);
        if (bytes.byteLength >= end + 4 + length) {
          return { status, headers, text: bytes.subarray(end + 4, end + 4 + length).toString() };
        }
      }
      bytes = Buffer.concat([bytes, ...((await once(socket, "data")) as [Buffer])]);
    }
  } finally {
    socket.destroy();
  }
}

export async function get(port: number, path: string): Promise<RawAnswer & { readonly json: unknown }> {
  const answer = await ask(port, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  const isJson = answer.headers["content-type"] === "application/json";
  return { ...answer, json: isJson ? JSON.parse(answer.text) : undefined };
}

/** Events as plain values with the names of the wire, without what nobody set. */
export function plain(event: Event): unknown {
  return JSON.parse(toMesosJson(Event, event, { defaults: "omit" }));
}

function readHead(head: string): { status: number; headers: Record<string, string> } {
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  return { status: Number(first.split(" ")[1]), headers: Object.fromEntries(headers) };
}

function dechunker(onChunk: (chunk: Buffer) => void, onEnd: () => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const lineEnd = rest.indexOf("\r\n");
      if (lineEnd === -1) return;
      const length = Number.parseInt(rest.subarray(0, lineEnd).toString("latin1"), 16);
      if (rest.byteLength < lineEnd + 2 + length + 2) return;
      if (length > 0) onChunk(rest.subarray(lineEnd + 2, lineEnd + 2 + length));
      else onEnd();
      rest = rest.subarray(lineEnd + 2 + length + 2);
    }
  };
}
