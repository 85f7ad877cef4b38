import zookeeper from "node-zookeeper-client";

/** What masters do with ZooKeeper, in a session of their own. */
export class ZooKeeperNodes implements AsyncDisposable {
  readonly #client: zookeeper.Client;
  /** What is asked before it is connected would go out before the credentials. */
  readonly #connected: Promise<void>;

  constructor(address: string, credentials?: string) {
    this.#client = zookeeper.createClient(address, { sessionTimeout: 4000, spinDelay: 100, retries: 5 });
    if (credentials !== undefined) this.#client.addAuthInfo("digest", Buffer.from(credentials));
    this.#connected = new Promise((resolve) => {
      this.#client.once("connected", resolve);
    });
    this.#client.connect();
  }

  async create(path: string, data = "", options: { readonly acls?: zookeeper.ACL[]; readonly mode?: number } = {}) {
    const { acls = [new zookeeper.ACL(zookeeper.Permission.ALL, new zookeeper.Id("world", "anyone"))] } = options;
    const { mode = zookeeper.CreateMode.PERSISTENT } = options;
    return await this.#ask<string>((done) => this.#client.create(path, Buffer.from(data), acls, mode, done));
  }

  /** A candidate as masters of today make it. Returns its node. */
  async contend(path: string, master: { readonly ip: string; readonly port: number; readonly hostname: string }) {
    return await this.create(`${path}/json.info_`, masterInfo(master), {
      mode: zookeeper.CreateMode.EPHEMERAL_SEQUENTIAL,
    });
  }

  async remove(path: string): Promise<void> {
    await this.#ask<void>((done) => this.#client.remove(path, (error) => done(error, undefined)));
  }

  async removeTree(path: string): Promise<void> {
    for (const name of await this.children(path)) await this.remove(`${path}/${name}`);
    await this.remove(path);
  }

  async children(path: string): Promise<readonly string[]> {
    return await this.#ask<string[]>((done) => this.#client.getChildren(path, done));
  }

  async acls(path: string): Promise<readonly string[]> {
    const acls = await this.#ask<zookeeper.ACL[]>((done) => this.#client.getACL(path, done));
    // The types call it perms.
    return acls.map((acl) => `${acl.id.scheme} ${(acl as unknown as { permission: number }).permission}`);
  }

  async #ask<T>(call: (done: (error: Error | zookeeper.Exception | null, result: T) => void) => void): Promise<T> {
    await this.#connected;
    return await new Promise((resolve, reject) => {
      // The library's exceptions are errors in all but their types.
      call((error, result) => (error ? reject(new Error(`ZooKeeper refused: ${String(error)}`)) : resolve(result)));
    });
  }

  /** Ends the session, and its candidates with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#client.once("disconnected", resolve);
    });
    if (this.#client.getState() !== zookeeper.State.SYNC_CONNECTED) return this.#client.close();
    this.#client.close();
    await ended;
  }
}

/** What a master of 1.11 writes. */
export function masterInfo(master: { readonly ip: string; readonly port: number; readonly hostname: string }): string {
  const { ip, port, hostname } = master;
  const number = Buffer.from(ip.split(".").map(Number)).readUInt32LE();
  return JSON.stringify({
    address: { hostname, ip, port },
    capabilities: [{ type: "AGENT_UPDATE" }, { type: "AGENT_DRAINING" }, { type: "QUOTA_V2" }],
    hostname,
    id: "7c9d6e8f-1111-2222-3333-444455556666",
    ip: number,
    pid: `master@${ip}:${port}`,
    port,
    version: "1.11.0",
  });
}
