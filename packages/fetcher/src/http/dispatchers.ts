import tls from "node:tls";
import { Agent, Client, type Dispatcher, ProxyAgent } from "undici";
import { FetchError } from "../errors.ts";
import { proxyFor } from "./proxy-for.ts";
import { SocketTap } from "./socket-tap.ts";

export interface DispatchersOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly connectTimeoutMs: number;
  readonly tlsCertificates: readonly string[];
}

/** What one request goes over. To be disposed of after it. */
export interface HttpConnection extends AsyncDisposable {
  readonly dispatcher: Dispatcher;
  /** Undefined where only undici can read the bytes: behind TLS or a proxy. */
  readonly tap: SocketTap | undefined;
}

// Stalls are judged by bytes a second in one place, so undici's own time-outs are off.
const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 } as const;

/** The connections of one fetcher: plain ones for one request each, a pool for https, and one for each proxy. */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #pools = new Map<string, Dispatcher>();
  #certificates: string[] | undefined;

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  /** Throws a FetchError for a proxy of a kind that is not served. */
  connect(url: URL): HttpConnection {
    const proxy = proxyFor(url, this.#options.environment);
    if (proxy !== undefined || url.protocol === "https:") {
      return { dispatcher: this.#pooled(url, proxy), tap: undefined, [Symbol.asyncDispose]: async () => {} };
    }
    // Who takes a socket over must know whose response comes on it, so it is not shared.
    const tap = new SocketTap(this.#options.connectTimeoutMs);
    const client = new Client(url.origin, { ...common, connect: tap.connector });
    return {
      dispatcher: client,
      tap,
      [Symbol.asyncDispose]: async () => {
        const destroyed = client.destroy();
        tap.abandon();
        await destroyed;
      },
    };
  }

  #pooled(url: URL, proxy: string | undefined): Dispatcher {
    const key = `${url.protocol} ${proxy ?? ""}`;
    const existing = this.#pools.get(key);
    if (existing !== undefined) return existing;
    const pool = this.#create(url.protocol === "https:", proxy);
    this.#pools.set(key, pool);
    return pool;
  }

  /** What may be trusted: Node's own certificates, the system's like curl, and the operator's. */
  certificates(): string[] {
    this.#certificates ??= [
      ...new Set([
        ...tls.getCACertificates("default"),
        ...tls.getCACertificates("system"),
        ...this.#options.tlsCertificates,
      ]),
    ];
    return this.#certificates;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #create(secure: boolean, proxy: string | undefined): Dispatcher {
    const timeout = this.#options.connectTimeoutMs;
    const connect = secure ? { timeout, ca: this.certificates() } : { timeout };
    if (proxy === undefined) return new Agent({ ...common, connect });
    const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
    if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
      throw new FetchError("unsupported", "the proxy of the environment is not an http or https URL");
    }
    const proxyTls = url.protocol === "https:" ? { timeout, ca: this.certificates() } : { timeout };
    return new ProxyAgent({ ...common, uri: url.href, requestTls: connect, proxyTls, connectTimeout: timeout });
  }
}
