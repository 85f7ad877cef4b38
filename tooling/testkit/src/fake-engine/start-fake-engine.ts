import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import type { EventDisturbance } from "./event-bus.ts";
import { answerCall } from "./answer-call.ts";
import type { ContainerBehaviour, FakeContainer, FakeCreateBody } from "./fake-container.ts";
import type { FakeImageOptions, PullableImage } from "./fake-images.ts";
import { FakeModel } from "./fake-model.ts";
import { type FaultHandle, type FaultRule, FaultTable } from "./faults.ts";
import { seededRandom, splitAtRandom } from "./random.ts";
import { responseSink, upgradeSink } from "./reply.ts";
import { type CallPattern, CallRecord, type EngineCall } from "./requests.ts";

export interface FakeEngineOptions {
  /** Where it listens: a unix socket in a temporary folder (default), or a free port of 127.0.0.1. */
  readonly listen?: "unix" | "tcp";
  /** Default `1.41`. */
  readonly apiVersion?: string;
  /** Default `1.12`. */
  readonly minApiVersion?: string;
  /** Default `20.10.24`. */
  readonly version?: string;
  /** The images that it has. */
  readonly images?: Readonly<Record<string, FakeImageOptions>>;
  /** What a pull finds, by reference with its tag. */
  readonly registry?: Readonly<Record<string, PullableImage>>;
  /** What containers do; default: exit with 0 at once. */
  readonly behaviour?: ContainerBehaviour | ((body: FakeCreateBody, name: string) => ContainerBehaviour);
  /** Of the ids and of where bodies are split; default 1. */
  readonly seed?: number;
  /** Write every piece of a body in several pieces, cut at random places. */
  readonly splitBodies?: boolean;
  /** Default true. False: `calls` stays empty and `seen` knows no past, for runs of a hundred thousand calls. */
  readonly recordCalls?: boolean;
}

export type FakeEndpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

export interface FakeEngine extends AsyncDisposable {
  readonly endpoint: FakeEndpoint;
  /** As DOCKER_HOST would have it. */
  readonly host: string;
  /** Every request so far, in order. */
  readonly calls: readonly EngineCall[];
  /** The nth matching call, past or to come. */
  seen(pattern: CallPattern, nth?: number): Promise<EngineCall>;
  /** Makes something go wrong. */
  fault(rule: FaultRule): FaultHandle;
  readonly containers: readonly FakeContainer[];
  /** By id or name; throws when there is none. */
  container(ref: string): FakeContainer;
  addImage(ref: string, options?: FakeImageOptions): void;
  /** Removes the image as a person at the engine would, containers or not. */
  dropImage(ref: string): void;
  /** From now on create answers 409 for this name, and inspect 404. */
  addPhantomName(name: string): void;
  /** Removes a container as a person at the engine would, whatever its state. */
  dropContainer(ref: string): void;
  /** Drops, doubles or changes events from now on. */
  disturbEvents(disturbance: EventDisturbance): void;
  /** Ends every open connection, as an engine that dies does. Containers stay as they are. */
  dropConnections(): void;
  /** How many connections are open. */
  readonly connectionCount: number;
  stop(): Promise<void>;
}

/** An Engine API server over a small model in memory, for faults that a real engine does not show on demand. */
export async function startFakeEngine(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  const random = seededRandom(options.seed ?? 1);
  const { behaviour = { exitCode: 0 } } = options;
  const model = new FakeModel({
    random,
    images: options.images ?? {},
    behaviour: typeof behaviour === "function" ? behaviour : () => behaviour,
  });
  const record = new CallRecord(options.recordCalls);
  const faults = new FaultTable();
  const deps = {
    model,
    record,
    faults,
    versions: {
      version: options.version ?? "20.10.24",
      apiVersion: options.apiVersion ?? "1.41",
      minApiVersion: options.minApiVersion ?? "1.12",
    },
    registry: options.registry ?? {},
    split: options.splitBodies === true ? splitAtRandom(random) : (chunk: Buffer) => [chunk],
  };
  const server = http.createServer(
    (request, response) => void answerCall(deps, request, responseSink(response), false),
  );
  server.on("upgrade", (request, socket: Duplex) => void answerCall(deps, request, upgradeSink(socket), true));
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  const directory = await mkdtemp(path.join(tmpdir(), "berth-fake-engine-"));
  const socketPath = path.join(directory, "docker.sock");
  await new Promise<void>((resolve) => {
    if (options.listen === "tcp") server.listen(0, "127.0.0.1", resolve);
    else server.listen(socketPath, resolve);
  });
  const endpoint: FakeEndpoint =
    options.listen === "tcp"
      ? { kind: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port }
      : { kind: "unix", socketPath };

  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    dropConnections();
    await closed;
    await rm(directory, { recursive: true, force: true });
  };
  const container = (ref: string): FakeContainer => {
    const found = model.find(ref);
    if (found === undefined) throw new Error(`the fake engine has no container ${ref}`);
    return found;
  };
  return {
    endpoint,
    host: endpoint.kind === "unix" ? `unix://${endpoint.socketPath}` : `tcp://${endpoint.host}:${endpoint.port}`,
    calls: record.calls,
    seen: (pattern, nth) => record.seen(pattern, nth),
    fault: (rule) => faults.add(rule),
    get containers() {
      return model.containers;
    },
    container,
    addImage: (ref, image = {}) => void model.images.add(ref, image),
    dropImage: (ref) => {
      const image = model.images.find(ref);
      if (image !== undefined) model.images.remove(image);
    },
    addPhantomName: (name) => void model.phantomNames.add(name),
    dropContainer: (ref) => model.remove(container(ref)),
    disturbEvents: (disturbance) => void (model.events.disturbance = disturbance),
    dropConnections,
    get connectionCount() {
      return sockets.size;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
