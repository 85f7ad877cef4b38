import { type Log, type LogFields, silentLog } from "@berth/log";
import { createMasterDetector, type MasterDetector, type MasterDetectorDeps } from "../src/index.ts";

/** A detector that was started, and all that it has told, as `host:port hostname` or `none`. */
export class Detections implements AsyncDisposable {
  readonly told: string[] = [];
  readonly fatal: Error[] = [];
  /** Every line of the log with its fields. */
  readonly lines: string[] = [];
  readonly detector: MasterDetector;

  constructor(master: string, options: Partial<MasterDetectorDeps> & { readonly zkSessionTimeoutMs?: number } = {}) {
    const { zkSessionTimeoutMs, ...deps } = options;
    const notFound = (what: string) => Promise.reject(new Error(`${what} is not there`));
    this.detector = createMasterDetector(
      { log: this.#log(), resolve: notFound, readFile: notFound, ...deps },
      { master, zkSessionTimeoutMs },
    );
    this.detector.start({
      onDetected: (found) =>
        this.told.push(found === undefined ? "none" : `${found.pid.host}:${found.pid.port} ${found.hostname}`),
      onFatal: (error) => this.fatal.push(error),
    });
  }

  /** For `expect.poll`: what was told since the last time that something was there to take. */
  readonly take = (): readonly string[] => [...this.told.splice(0), ...this.fatal.map(String)];

  async [Symbol.asyncDispose](): Promise<void> {
    await this.detector.close();
  }

  #log(): Log {
    const line = (message: string, fields?: LogFields) => {
      const error = fields?.["error"];
      this.lines.push(
        `${message} ${JSON.stringify(fields)} ${error instanceof Error ? `${String(error)} ${String(error.cause)}` : ""}`,
      );
    };
    return { ...silentLog, info: line, warn: line, error: line, child: () => this.#log() };
  }
}
