import type { EventBus } from "./event-bus.ts";
import { outputFrame, type OutputPiece, type OutputStream } from "./output-frame.ts";

/** The parts of a create body that the fake engine acts on; the rest is kept and shown by inspect. */
export interface FakeCreateBody {
  Image: string;
  Tty?: boolean;
  Labels?: Record<string, string>;
  HostConfig?: Record<string, unknown> & { NetworkMode?: string; PortBindings?: unknown };
  [field: string]: unknown;
}

/** What a container does once it is started. */
export interface ContainerBehaviour {
  /** Written at the start, in order, before the exit. */
  readonly output?: readonly OutputPiece[];
  /** The container ends by itself with this code; undefined: it runs until it is killed or the test calls `exit`. */
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  /** SIGTERM does nothing, so that a stop runs its whole grace period. */
  readonly ignoresSigterm?: boolean;
  /** The first `times` starts (default: all) fail so: a port that is taken, a command that does not exist. */
  readonly startFault?: { readonly status: number; readonly message: string; readonly times?: number };
  /** Called when it runs, after `output`: the test takes it from there. */
  readonly onStart?: (container: FakeContainer) => void;
  /** Default `172.17.0.2`. */
  readonly ipAddress?: string;
}

export type ContainerStatus = "created" | "running" | "paused" | "exited" | "removing";

export interface ContainerState {
  readonly status: ContainerStatus;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly pid: number;
  readonly error: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** One container of the fake engine. Tests may drive it: write its output, end it. */
export class FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly body: FakeCreateBody;
  readonly behaviour: ContainerBehaviour;
  readonly createdAt = new Date().toISOString();
  readonly #events: EventBus;
  readonly #log: { readonly piece: OutputPiece; readonly nanos: bigint }[] = [];
  readonly #readers = new Set<OutputReader>();
  #state: ContainerState = {
    status: "created",
    exitCode: 0,
    oomKilled: false,
    pid: 0,
    error: "",
    startedAt: never,
    finishedAt: never,
  };
  #startFaultsLeft: number;
  #exited = Promise.withResolvers<void>();
  #started = Promise.withResolvers<void>();
  #removed = Promise.withResolvers<void>();
  #graceOver = Promise.withResolvers<void>();

  constructor(
    identity: { readonly id: string; readonly name: string; readonly imageId: string },
    body: FakeCreateBody,
    behaviour: ContainerBehaviour,
    events: EventBus,
  ) {
    ({ id: this.id, name: this.name, imageId: this.imageId } = identity);
    this.body = body;
    this.behaviour = behaviour;
    this.#events = events;
    this.#startFaultsLeft = behaviour.startFault === undefined ? 0 : (behaviour.startFault.times ?? Infinity);
  }

  get state(): ContainerState {
    return this.#state;
  }

  get running(): boolean {
    return this.#state.status === "running" || this.#state.status === "paused";
  }

  /** Resolves when it has been started. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves with the end of the present, or else the first, run. */
  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  get removed(): Promise<void> {
    return this.#removed.promise;
  }

  /** Undefined when it runs now, else what the engine answers. */
  start(): { status: number; message: string } | undefined {
    const { startFault, output = [], exitCode, onStart } = this.behaviour;
    if (startFault !== undefined && this.#startFaultsLeft > 0) {
      this.#startFaultsLeft--;
      this.#state = { ...this.#state, exitCode: 128, error: startFault.message };
      return startFault;
    }
    if (this.#state.status === "exited") this.#exited = Promise.withResolvers();
    this.#graceOver = Promise.withResolvers();
    this.#state = {
      ...this.#state,
      status: "running",
      pid: 4242,
      startedAt: new Date().toISOString(),
      exitCode: 0,
      error: "",
    };
    this.emit("start");
    this.#started.resolve();
    for (const piece of output) this.write(piece.stream, piece.data);
    onStart?.(this);
    if (exitCode !== undefined && this.running) this.exit(exitCode);
    return undefined;
  }

  write(stream: OutputStream, data: string | Buffer): void {
    const piece = { stream, data };
    this.#log.push({ piece, nanos: this.#events.now() });
    for (const reader of this.#readers) reader.onPiece(piece);
  }

  exit(exitCode: number, { oomKilled = this.behaviour.oomKilled ?? false } = {}): void {
    if (!this.running) return;
    if (oomKilled) this.emit("oom");
    const finishedAt = new Date().toISOString();
    this.#state = { ...this.#state, status: "exited", exitCode, oomKilled, pid: 0, finishedAt };
    this.emit("die", { exitCode: String(exitCode) });
    for (const reader of this.#readers) reader.onEnd();
    this.#readers.clear();
    this.#exited.resolve();
  }

  signal(name: string): void {
    this.emit("kill", { signal: String(signalNumbers[name] ?? name) });
    if (name === "SIGKILL") this.exit(137);
    else if (name === "SIGTERM" && this.behaviour.ignoresSigterm !== true) this.exit(143);
  }

  /** SIGTERM, then SIGKILL when the grace period is over or the test calls `endGrace`. Resolves with the exit. */
  async stop(graceMs: number, firstSignal: string): Promise<void> {
    this.signal(firstSignal);
    if (this.running) {
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
      await Promise.race([grace, this.exited, this.#graceOver.promise]);
      clearTimeout(timer);
      if (this.running) this.signal("SIGKILL");
    }
    this.emit("stop");
  }

  endGrace(): void {
    this.#graceOver.resolve();
  }

  pause(paused: boolean): void {
    this.#state = { ...this.#state, status: paused ? "paused" : "running" };
    this.emit(paused ? "pause" : "unpause");
  }

  remove(): void {
    if (this.running) this.exit(137);
    this.#state = { ...this.#state, status: "removing" };
    for (const reader of this.#readers) reader.onEnd();
    this.emit("destroy");
    this.#removed.resolve();
  }

  /**
   * Output from now on, or with `past` from the first byte. Ends with the run, or the next one when it does not run: so does
   * an attach to the engine. Returns how to leave.
   */
  read(reader: OutputReader, { past }: { past: boolean }): () => void {
    if (past) for (const { piece } of this.#log) reader.onPiece(piece);
    this.#readers.add(reader);
    return () => void this.#readers.delete(reader);
  }

  /** What was written so far, with the engine's stamps. */
  log(): readonly { readonly piece: OutputPiece; readonly nanos: bigint }[] {
    return this.#log;
  }

  /** As it goes over the wire: framed, or bare with a tty. */
  encode(piece: OutputPiece): Buffer {
    return this.body.Tty === true ? Buffer.from(piece.data) : outputFrame(piece.stream, piece.data);
  }

  emit(action: string, attributes: Readonly<Record<string, string>> = {}): void {
    const own = { image: this.body.Image, name: this.name, ...this.body.Labels };
    this.#events.emit({ type: "container", action, id: this.id, attributes: { ...own, ...attributes } });
  }
}

export interface OutputReader {
  readonly onPiece: (piece: OutputPiece) => void;
  readonly onEnd: () => void;
}

const never = "0001-01-01T00:00:00Z";

const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGUSR1: 10, SIGTERM: 15 };
