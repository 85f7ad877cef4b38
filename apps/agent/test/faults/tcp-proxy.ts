import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { MessageSplitter } from "./message-splitter.ts";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `pass`, `cut`: every connection is reset at once. `swallow`: connections are taken and stay, and nothing crosses. */
type Mode = "pass" | "cut" | "swallow";

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A link that can be broken. What was swallowed crosses when it is mended, as TCP repeats it. */
export class TcpProxy {
  readonly #server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true });
  readonly #pairs = new Set<Pair>();
  /** What was to cross while everything was swallowed. */
  readonly #later: (() => void)[] = [];
  readonly #lost = new Set<{ readonly part: string; readonly onLost: () => void }>();
  #target: Endpoint | undefined;
  #mode: Mode = "pass";

  /** Without a target nothing crosses until `aimAt`. */
  static async start(listen: Endpoint, target?: Endpoint): Promise<TcpProxy> {
    const proxy = new TcpProxy();
    proxy.#target = target;
    proxy.#server.on("connection", (client) => proxy.#accept(client)).listen(listen);
    await once(proxy.#server, "listening");
    onTestFinished(() => proxy.close());
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  aimAt(target: Endpoint): void {
    this.#target = target;
  }

  /** Resets what is connected and, until `restore`, whoever comes. */
  cut(): void {
    this.#mode = "cut";
    this.reset();
  }

  /** Resets what is connected now. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  swallow(): void {
    this.#mode = "swallow";
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  restore(): void {
    this.#mode = "pass";
    for (const { client, server } of this.#pairs) {
      client.resume();
      server.resume();
    }
    for (const cross of this.#later.splice(0)) cross();
  }

  /** As `restore` for new connections; those of before stay, and nothing crosses them any more. */
  forget(): void {
    this.#pairs.clear();
    this.restore();
  }

  /** The next message to the target whose request line contains `part` never arrives; resolves when it has been lost. */
  loseNext(part: string): Promise<void> {
    return new Promise((resolve) => this.#lost.add({ part, onLost: resolve }));
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #accept(client: Socket): void {
    client.on("error", () => {}); // close follows
    if (this.#mode === "cut" || this.#target === undefined) {
      client.resetAndDestroy();
      return;
    }
    if (this.#mode === "swallow") this.#later.push(() => this.#join(client));
    else this.#join(client);
  }

  #join(client: Socket): void {
    if (this.#target === undefined || client.destroyed) return;
    const server = net.connect({ ...this.#target, allowHalfOpen: true });
    server.on("error", () => {});
    const pair = { client, server };
    this.#pairs.add(pair);
    const splitter = new MessageSplitter();
    client.on("data", (bytes: Buffer) => {
      for (const piece of splitter.push(bytes)) if (!this.#loses(piece)) server.write(piece);
    });
    server.on("data", (bytes: Buffer) => client.write(bytes));
    this.#tie(pair, client, server);
    this.#tie(pair, server, client);
    client.resume();
  }

  /** The end of one side is the other's, once it crosses. */
  #tie(pair: Pair, from: Socket, to: Socket): void {
    from.on("end", () => this.#cross(pair, () => to.end()));
    from.on("close", (failed) =>
      this.#cross(pair, () => {
        this.#pairs.delete(pair);
        if (failed) to.resetAndDestroy();
        else to.destroySoon();
      }),
    );
  }

  #cross(pair: Pair, event: () => void): void {
    const cross = () => {
      if (this.#pairs.has(pair)) event();
    };
    if (this.#mode === "swallow") this.#later.push(cross);
    else cross();
  }

  #loses(piece: Buffer): boolean {
    const line = piece.toString("latin1", 0, Math.max(piece.indexOf("\r\n"), 0));
    for (const loss of this.#lost) {
      if (!line.includes(loss.part)) continue;
      this.#lost.delete(loss);
      loss.onLost();
      return true;
    }
    return false;
  }
}
