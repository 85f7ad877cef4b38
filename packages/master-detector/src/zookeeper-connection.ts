import type { Socket } from "node:net";
import zookeeper from "node-zookeeper-client";
import type { ZooKeeperTarget } from "./parse-master.ts";
import type { Timers } from "./timers.ts";

/** Why a request has no answer, as far as it matters: `lost` is worth another connection, the others are not. */
export type ZooKeeperFailure = "lost" | "no-node" | "not-authorized" | "authentication-failed";

export class ZooKeeperFailed extends Error {
  override readonly name = "ZooKeeperFailed";
  readonly failure: ZooKeeperFailure;

  constructor(failure: ZooKeeperFailure, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.failure = failure;
  }
}

type Fault = Error | zookeeper.Exception | null;
type Callback<T> = (error: Fault, result: T) => void;

/** What the library hides. */
interface LibraryManager {
  readonly socket?: Socket | undefined;
  onSocketConnected(): void;
  onSocketData(bytes: Buffer): void;
}

/** Longest wait of the library between two rounds through its servers. */
const longestSpinMs = 1000;

/**
 * One connection to an ensemble, from its beginning to its first trouble. The library would reconnect by itself, but never notices
 * a server that hangs, and what it had read of a cut answer it takes for the beginning of the next one. We own no node in a session,
 * so that a new one costs nothing.
 */
export class ZooKeeperConnection {
  readonly #client: zookeeper.Client;
  readonly #manager: LibraryManager;
  readonly #timers: Timers;
  readonly #answerTimeoutMs: number;
  readonly #failed = Promise.withResolvers<never>();
  readonly #connected = Promise.withResolvers<void>();

  /** A request without an answer for two thirds of the session time-out ends the connection, as in the original. */
  constructor(target: ZooKeeperTarget, timers: Timers, sessionTimeoutMs: number) {
    this.#timers = timers;
    this.#answerTimeoutMs = (sessionTimeoutMs * 2) / 3;
    // Somebody may look at these promises later, or nobody.
    this.#failed.promise.catch(() => {});
    this.#connected.promise.catch(() => {});
    this.#client = zookeeper.createClient(target.servers.join(","), {
      sessionTimeout: sessionTimeoutMs,
      spinDelay: Math.min(longestSpinMs, sessionTimeoutMs / 3),
      retries: 0,
    });
    this.#manager = (this.#client as unknown as { readonly connectionManager: LibraryManager }).connectionManager;
    this.#guard();
    if (target.credentials !== undefined) this.#client.addAuthInfo("digest", Buffer.from(target.credentials));
    this.#client.on("connected", () => this.#connected.resolve());
    this.#client.on("disconnected", () => this.#fail("lost", "the connection has ended"));
    this.#client.on("expired", () => this.#fail("lost", "the session has expired"));
    this.#client.on("authenticationFailed", () => this.#fail("authentication-failed", "the credentials are refused"));
    this.#client.connect();
  }

  /** Resolves when a server has made a session; until then the library goes from server to server. */
  opened(): Promise<void> {
    return this.#answer(this.#connected.promise);
  }

  /** Rejects when the connection has ended, whoever ended it. */
  get ended(): Promise<never> {
    return this.#failed.promise;
  }

  /** The names below `path`. `onChange` is called once, when they have changed. */
  children(path: string, onChange: () => void): Promise<readonly string[]> {
    return this.#ask((done: Callback<string[]>) => this.#client.getChildren(path, () => onChange(), done));
  }

  data(path: string): Promise<Uint8Array> {
    return this.#ask((done: Callback<Buffer | undefined>) => this.#client.getData(path, done)).then(
      (data) => data ?? new Uint8Array(),
    );
  }

  async exists(path: string): Promise<boolean> {
    const stat = await this.#ask((done: Callback<zookeeper.Stat | null>) => this.#client.exists(path, done));
    return stat !== null && stat !== undefined;
  }

  /** Makes what is missing of a path. Nodes are everybody's, or with credentials their maker's and for all to read. */
  async makePath(path: string, owned: boolean): Promise<void> {
    const { ACL, Id, Permission, CreateMode, Exception } = zookeeper;
    const everybody = new Id("world", "anyone");
    const acls = owned
      ? [new ACL(Permission.ALL, new Id("auth", "")), new ACL(Permission.READ, everybody)]
      : [new ACL(Permission.ALL, everybody)];
    const parts = path.split("/").slice(1);
    for (const [index] of parts.entries()) {
      const prefix = `/${parts.slice(0, index + 1).join("/")}`;
      if (await this.exists(prefix)) continue;
      await this.#ask((done: Callback<string>) =>
        this.#client.create(prefix, acls, CreateMode.PERSISTENT, (error, made) =>
          // Another agent was faster.
          done(codeOf(error) === Exception.NODE_EXISTS ? null : error, made),
        ),
      );
    }
  }

  /** Also the socket: a server that hangs would keep it, and our process, for ever. */
  close(): void {
    this.#fail("lost", "closed");
    const manager = this.#manager;
    // It may be waiting for its next attempt, and would take the answer to that for another one's.
    manager.onSocketConnected = () => manager.socket?.destroy();
    const connected = this.#client.getState() === zookeeper.State.SYNC_CONNECTED;
    this.#client.removeAllListeners();
    try {
      this.#client.close();
    } catch {
      // It writes to a socket without looking whether there is one yet. It has stopped all the same.
    }
    if (connected) manager.socket?.destroySoon();
    else manager.socket?.destroy();
    // Neither the end of a session may take for ever, nor does the library give up the wait before its next attempt.
    this.#timers.start(longestSpinMs + 100, () => manager.socket?.destroy());
  }

  /** The library throws out of its socket's handlers at what it cannot read; that would end the process. */
  #guard(): void {
    const manager = this.#manager;
    const read = manager.onSocketData.bind(manager);
    manager.onSocketData = (bytes) => {
      try {
        read(bytes);
      } catch (cause) {
        this.#failed.reject(new ZooKeeperFailed("lost", "an answer cannot be read", { cause }));
        manager.socket?.destroy();
      }
    };
  }

  #ask<T>(request: (done: Callback<T>) => void): Promise<T> {
    const asked = new Promise<T>((resolve, reject) => {
      request((error, result) => {
        if (error === null || error === undefined) resolve(result);
        else reject(new ZooKeeperFailed(failureOf(error), String(error), { cause: error }));
      });
    });
    return this.#answer(asked);
  }

  async #answer<T>(answer: Promise<T>): Promise<T> {
    const cancel = this.#timers.start(this.#answerTimeoutMs, () => this.#fail("lost", "no answer in time"));
    try {
      return await Promise.race([answer, this.#failed.promise]);
    } finally {
      cancel();
    }
  }

  #fail(failure: ZooKeeperFailure, message: string): void {
    this.#failed.reject(new ZooKeeperFailed(failure, message));
  }
}

function failureOf(error: Fault): ZooKeeperFailure {
  const { Exception } = zookeeper;
  switch (codeOf(error)) {
    case Exception.NO_NODE:
      return "no-node";
    case Exception.NO_AUTH:
    case Exception.INVALID_ACL:
      return "not-authorized";
    case Exception.AUTH_FAILED:
      return "authentication-failed";
    default:
      return "lost";
  }
}

function codeOf(error: Fault): unknown {
  return error === null ? undefined : (error as { code?: unknown }).code;
}
