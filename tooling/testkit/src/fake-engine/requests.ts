/** One request as the fake engine or the recording proxy saw it. */
export interface EngineCall {
  readonly method: string;
  /** Without the version and the query: `/containers/create`. */
  readonly path: string;
  /** The `1.41` of `/v1.41`; undefined without a prefix. */
  readonly apiVersion: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The JSON body; undefined when there was none. */
  readonly body: unknown;
}

/**
 * Which calls are meant: a regular expression over `METHOD /path`, or such a text where `*` stands for one part of the path
 * such as `POST /containers/{id}/start` with `*` for the id.
 */
export type CallPattern = string | RegExp;

export function matchesCall(pattern: CallPattern, call: Pick<EngineCall, "method" | "path">): boolean {
  const text = `${call.method} ${call.path}`;
  if (typeof pattern !== "string") return pattern.test(text);
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", "[^/]+");
  return new RegExp(`^${source}$`).test(text);
}

/** Splits `/v1.41/containers/json?all=1`. */
export function splitUrl(url: string): Pick<EngineCall, "path" | "apiVersion" | "query"> {
  const { pathname, searchParams } = new URL(url, "http://engine");
  const match = /^\/v(\d+\.\d+)(\/.*)$/.exec(pathname);
  return { path: match?.[2] ?? pathname, apiVersion: match?.[1], query: searchParams };
}

interface Waiter {
  readonly pattern: CallPattern;
  remaining: number;
  readonly resolve: (call: EngineCall) => void;
}

/** Keeps every call and wakes whoever waits for one. */
export class CallRecord {
  readonly calls: EngineCall[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #keep: boolean;

  /** Without `keep` only those who wait already hear of a call. */
  constructor(keep = true) {
    this.#keep = keep;
  }

  add(call: EngineCall): void {
    if (this.#keep) this.calls.push(call);
    for (const waiter of this.#waiters) {
      if (!matchesCall(waiter.pattern, call) || --waiter.remaining > 0) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(call);
    }
  }

  /** The nth call that matches, counted from the start; waits for it when it has not come yet. */
  seen(pattern: CallPattern, nth = 1): Promise<EngineCall> {
    const before = this.calls.filter((call) => matchesCall(pattern, call));
    const found = before[nth - 1];
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiters.add({ pattern, remaining: nth - before.length, resolve }));
  }
}
