import { samePid } from "@berth/libprocess";
import type { Log } from "@berth/log";
import { electLeader, type LeaderNode } from "./elect-leader.ts";
import { MasterDetectorError } from "./errors.ts";
import type { DetectedMaster, MasterDetector, MasterDetectorListener } from "./master-detector.ts";
import { describeTarget, type ZooKeeperTarget } from "./parse-master.ts";
import { readLeader } from "./read-leader.ts";
import { addressOf, type ResolveHost } from "./resolve-host.ts";
import type { Timers } from "./timers.ts";
import { ZooKeeperConnection, ZooKeeperFailed } from "./zookeeper-connection.ts";

export interface ZooKeeperDetectorDeps {
  readonly log: Log;
  readonly resolve: ResolveHost;
  readonly timers: Timers;
}

interface Answer {
  /** The node that it was read from; undefined without a leader. */
  readonly node: string | undefined;
  readonly master: DetectedMaster | undefined;
}

/** Watches the nodes of the candidates. What it told holds until ZooKeeper says otherwise, or is silent for a session time-out. */
export class ZooKeeperDetector implements MasterDetector {
  readonly #deps: ZooKeeperDetectorDeps;
  readonly #target: ZooKeeperTarget;
  readonly #sessionTimeoutMs: number;
  readonly #where: string;
  #listener: MasterDetectorListener | undefined;
  #told: Answer | undefined;
  /** ZooKeeper was silent for so long that nobody can say who leads. */
  #withdrawn = false;
  #connection: ZooKeeperConnection | undefined;
  #cancelSilence = () => {};
  #wake = () => {};
  #watching: Promise<void> = Promise.resolve();

  constructor(deps: ZooKeeperDetectorDeps, target: ZooKeeperTarget, sessionTimeoutMs: number) {
    this.#deps = deps;
    this.#target = target;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#where = describeTarget(target);
  }

  start(listener: MasterDetectorListener): void {
    this.#listener = listener;
    this.#heard();
    this.#watching = this.#watch();
  }

  redetect(): void {
    if (this.#told === undefined) return;
    this.#listener?.onDetected(this.#told.master);
    // It may be time to notice that ZooKeeper is gone too.
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#watching;
  }

  #stop(): void {
    this.#listener = undefined;
    this.#cancelSilence();
    this.#connection?.close();
    this.#wake();
  }

  /** Connection after connection, until it is closed or there is no sense in going on. */
  async #watch(): Promise<void> {
    while (this.#listener !== undefined) {
      const connection = new ZooKeeperConnection(this.#target, this.#deps.timers, this.#sessionTimeoutMs);
      this.#connection = connection;
      try {
        await this.#useConnection(connection);
      } catch (error) {
        if (this.#listener === undefined) return;
        const fault = this.#faultOf(error);
        if (fault !== undefined) return this.#fail(fault);
        this.#deps.log.info("the connection to ZooKeeper is lost", { zooKeeper: this.#where, error });
      } finally {
        connection.close();
      }
      await this.#pause(Math.min(1000, this.#sessionTimeoutMs / 10));
    }
  }

  async #useConnection(connection: ZooKeeperConnection): Promise<never> {
    await connection.opened();
    this.#deps.log.info("connected to ZooKeeper", { zooKeeper: this.#where });
    // An ensemble that comes back may be another one, with other nodes under the same names.
    for (let first = true; ; first = false) {
      const changed = Promise.withResolvers<"changed">();
      const names = await this.#list(connection, () => changed.resolve("changed"));
      this.#heard();
      await this.#elect(connection, names, first);
      for (;;) {
        const pause = this.#pause(this.#sessionTimeoutMs / 3);
        if ((await Promise.race([changed.promise, pause, connection.ended])) === "changed") break;
        await connection.exists(this.#target.path);
        const withdrawn = this.#withdrawn;
        this.#heard();
        // It was silent for too long and is back on the same connection: what was told before holds again, or something newer.
        if (withdrawn) break;
      }
    }
  }

  async #list(connection: ZooKeeperConnection, onChange: () => void): Promise<readonly string[]> {
    const { path, credentials } = this.#target;
    try {
      return await connection.children(path, onChange);
    } catch (error) {
      if (!(error instanceof ZooKeeperFailed) || error.failure !== "no-node") throw error;
      await connection.makePath(path, credentials !== undefined);
      return await connection.children(path, onChange);
    }
  }

  async #elect(connection: ZooKeeperConnection, names: readonly string[], anew: boolean): Promise<void> {
    const leader = electLeader(names);
    const same = this.#told !== undefined && this.#told.node === leader?.name;
    if (same && !(anew && leader !== undefined)) return;
    const master = leader && (await this.#read(connection, leader));
    if (same && sameMaster(this.#told?.master, master)) return;
    this.#tell({ node: leader?.name, master });
  }

  async #read(connection: ZooKeeperConnection, leader: LeaderNode): Promise<DetectedMaster | undefined> {
    const node = `${this.#target.path}/${leader.name}`;
    let content: Uint8Array;
    try {
      content = await connection.data(node);
    } catch (error) {
      // Gone before it was read: nobody leads, and the next list says more.
      if (error instanceof ZooKeeperFailed && error.failure === "no-node") return undefined;
      throw error;
    }
    const master = readLeader(leader.format, content);
    if (master === undefined) {
      this.#deps.log.warn("the leader's node cannot be read", { node, sizeBytes: content.byteLength });
      return undefined;
    }
    const host = (await addressOf(this.#deps.resolve, master.pid.host)) ?? master.pid.host;
    return { ...master, pid: { ...master.pid, host } };
  }

  #tell(answer: Answer): void {
    this.#told = answer;
    this.#listener?.onDetected(answer.master);
  }

  /** ZooKeeper has answered: what is known is good for another session time-out. */
  #heard(): void {
    this.#cancelSilence();
    this.#withdrawn = false;
    if (this.#listener === undefined) return;
    this.#cancelSilence = this.#deps.timers.start(this.#sessionTimeoutMs, () => {
      this.#withdrawn = true;
      if (this.#told !== undefined && this.#told.node === undefined) return;
      this.#deps.log.warn("nobody can say who leads: ZooKeeper does not answer", { zooKeeper: this.#where });
      this.#tell({ node: undefined, master: undefined });
    });
  }

  #faultOf(error: unknown): MasterDetectorError | undefined {
    if (!(error instanceof ZooKeeperFailed)) throw error;
    switch (error.failure) {
      case "authentication-failed":
        return this.#error("authentication-failed", `ZooKeeper refuses the credentials for ${this.#where}`, error);
      case "not-authorized":
        return this.#error("not-authorized", `ZooKeeper refuses access to ${this.#where}`, error);
      case "lost":
      case "no-node":
        return undefined;
    }
  }

  #error(code: "authentication-failed" | "not-authorized", message: string, cause: unknown): MasterDetectorError {
    return new MasterDetectorError(code, message, this.#where, { cause });
  }

  #fail(fault: MasterDetectorError): void {
    const listener = this.#listener;
    this.#stop();
    listener?.onFatal(fault);
  }

  #pause(ms: number): Promise<"paused"> {
    if (this.#listener === undefined) return Promise.resolve("paused");
    return new Promise((resolve) => {
      const cancel = this.#deps.timers.start(ms, () => resolve("paused"));
      this.#wake = () => {
        cancel();
        resolve("paused");
      };
    });
  }
}

function sameMaster(a: DetectedMaster | undefined, b: DetectedMaster | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return samePid(a.pid, b.pid) && a.hostname === b.hostname;
}
