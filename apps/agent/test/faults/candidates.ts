import { once } from "node:events";
import zookeeper from "node-zookeeper-client";
import { onTestFinished } from "vitest";
import type { MasterProcess } from "./master-process.ts";

/** The masters' nodes in ZooKeeper, made as a master of 1.11 makes them. */
export class Candidates {
  readonly #client: zookeeper.Client;
  readonly #path: string;

  static async connect(address: string, path: string): Promise<Candidates> {
    const client = zookeeper.createClient(address, { sessionTimeout: 4000, spinDelay: 100, retries: 5 });
    onTestFinished(() => client.close());
    const connected = once(client, "connected");
    client.connect();
    await connected;
    return new Candidates(client, path);
  }

  constructor(client: zookeeper.Client, path: string) {
    this.#client = client;
    this.#path = path;
  }

  /** Stands for election behind those that do already; resolves with the node's path. It outlives ZooKeeper's restart. */
  async contend({ host, port }: MasterProcess): Promise<string> {
    await this.#ask<string>((done) => this.#client.mkdirp(this.#path, done));
    const info = {
      address: { hostname: host, ip: host, port },
      capabilities: [{ type: "AGENT_UPDATE" }, { type: "AGENT_DRAINING" }, { type: "QUOTA_V2" }],
      hostname: host,
      id: "7c9d6e8f-1111-2222-3333-444455556666",
      ip: Buffer.from(host.split(".").map(Number)).readUInt32LE(),
      pid: `master@${host}:${port}`,
      port,
      version: "1.11.0",
    };
    const mode = zookeeper.CreateMode.PERSISTENT_SEQUENTIAL;
    const everybody = [new zookeeper.ACL(zookeeper.Permission.ALL, new zookeeper.Id("world", "anyone"))];
    const data = Buffer.from(JSON.stringify(info));
    return await this.#ask((done) => this.#client.create(`${this.#path}/json.info_`, data, everybody, mode, done));
  }

  async withdraw(node: string): Promise<void> {
    await this.#ask<void>((done) => this.#client.remove(node, (error) => done(error, undefined)));
  }

  async #ask<T>(call: (done: (error: Error | zookeeper.Exception | null, result: T) => void) => void): Promise<T> {
    return await new Promise((resolve, reject) => {
      // The library's exceptions are errors in all but their types.
      call((error, result) => (error ? reject(new Error(`ZooKeeper refused: ${String(error)}`)) : resolve(result)));
    });
  }
}
