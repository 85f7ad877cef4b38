import { isApiVersion, negotiate, newestApiVersion, apiAtLeast } from "./api-version.ts";
import type { VersionSource } from "./call-runner.ts";
import { EngineError } from "./errors.ts";

/** What the engine says of itself, asked without a version. */
export interface VersionAsker {
  /** The `Api-Version` header of a ping; undefined when there is none. */
  pingedVersion(): Promise<string | undefined>;
  /** The oldest version that the engine serves. */
  oldestVersion(): Promise<string>;
}

/** Asks once, for all callers at the same time; a failure is not kept. */
export class VersionAgreement implements VersionSource {
  readonly #ask: VersionAsker;
  readonly #endpoint: string;
  #agreed: string | undefined;
  #asking: Promise<string> | undefined;

  constructor(ask: VersionAsker, endpoint: string) {
    this.#ask = ask;
    this.#endpoint = endpoint;
  }

  get agreed(): string | undefined {
    return this.#agreed;
  }

  /** Rejects with the signal's reason when it aborts first; the question goes on for the others. */
  async agree(signal: AbortSignal | undefined): Promise<string> {
    if (this.#agreed !== undefined) return this.#agreed;
    this.#asking ??= this.#negotiate().finally(() => (this.#asking = undefined));
    if (signal === undefined) return this.#asking;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([this.#asking, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  forget(version: string): void {
    if (this.#agreed === version) this.#agreed = undefined;
  }

  async #negotiate(): Promise<string> {
    const failed = { call: "GET /_ping", endpoint: this.#endpoint };
    const newest = await this.#ask.pingedVersion();
    if (newest === undefined || !isApiVersion(newest)) {
      throw new EngineError(
        "protocol",
        `${this.#endpoint} answers, but not as a Docker engine: no Api-Version in its ping`,
        failed,
      );
    }
    // Only an engine newer than this client can be too new for it, and /version is slow: it asks runc and containerd.
    const oldest = apiAtLeast(newestApiVersion, newest) ? undefined : await this.#ask.oldestVersion();
    const result = negotiate(newest, oldest);
    if (result.kind === "none") throw new EngineError("unsupported", `${this.#endpoint}: ${result.reason}`, failed);
    this.#agreed = result.apiVersion;
    return result.apiVersion;
  }
}
