import type { Log } from "@berth/log";
import type { DetectedMaster, MasterDetector, MasterDetectorListener } from "./master-detector.ts";
import { describeTarget, type StaticTarget } from "./parse-master.ts";
import { addressOf, type ResolveHost } from "./resolve-host.ts";
import type { Timers } from "./timers.ts";

/** Between two tries to resolve a name. */
const retryMs = 2000;

export interface StaticDetectorDeps {
  readonly log: Log;
  readonly resolve: ResolveHost;
  readonly timers: Timers;
}

/** One master, named once and for all. Its name is resolved again at each detection, since what it stands for may move. */
export class StaticDetector implements MasterDetector {
  readonly #deps: StaticDetectorDeps;
  readonly #target: StaticTarget;
  #listener: MasterDetectorListener | undefined;
  #cancelRetry = () => {};
  #round = 0;
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: StaticDetectorDeps, target: StaticTarget) {
    this.#deps = deps;
    this.#target = target;
  }

  start(listener: MasterDetectorListener): void {
    this.#listener = listener;
    this.redetect();
  }

  redetect(): void {
    if (this.#listener === undefined) return;
    this.#cancelRetry();
    this.#round += 1;
    this.#looking = this.#look(this.#round, undefined);
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#cancelRetry();
    await this.#looking;
  }

  /** `before` is what this detection has told so far: that a name is still unknown is told once. */
  async #look(round: number, before: "unresolved" | undefined): Promise<void> {
    const { pid } = this.#target;
    const host = await addressOf(this.#deps.resolve, pid.host);
    if (this.#listener === undefined || round !== this.#round) return;
    if (host !== undefined) {
      const master: DetectedMaster = { pid: { ...pid, host }, hostname: pid.host };
      return this.#listener.onDetected(master);
    }
    if (before === undefined) {
      this.#deps.log.warn("the master's name cannot be resolved", { master: describeTarget(this.#target) });
      this.#listener.onDetected(undefined);
    }
    this.#cancelRetry = this.#deps.timers.start(retryMs, () => {
      this.#looking = this.#look(round, "unresolved");
    });
  }
}
