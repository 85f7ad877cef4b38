import tls from "node:tls";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { FetchError } from "../errors.ts";
import { proxyFor } from "./proxy-for.ts";

export interface DispatchersOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly connectTimeoutMs: number;
  readonly tlsCertificates: readonly string[];
}

/** The connections of one fetcher: direct ones, and one pool for each proxy. */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #pools = new Map<string, Dispatcher>();
  #certificates: string[] | undefined;

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  for(url: URL): Dispatcher {
    const proxy = proxyFor(url, this.#options.environment);
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
    // Stalls are judged by bytes a second in one place, so undici's own time-outs are off.
    const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 };
    if (proxy === undefined) return new Agent({ ...common, connect });
    const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
    if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
      throw new FetchError("unsupported", "the proxy of the environment is not an http or https URL");
    }
    const proxyTls = url.protocol === "https:" ? { timeout, ca: this.certificates() } : { timeout };
    return new ProxyAgent({ ...common, uri: url.href, requestTls: connect, proxyTls, connectTimeout: timeout });
  }
}
