import type { CgroupLocation, CgroupReader, MemoryEvidence } from "@berth/cgroups";
import type { ExitFacts, MemoryFacts } from "../life/outcome.ts";

/** Collects what says that a container met its memory limit. The kernel's counters go with the container, so they are read early. */
export class MemoryWatch {
  readonly #cgroups: CgroupReader;
  readonly #limitBytes: number | undefined;
  #location: Promise<CgroupLocation | undefined> | undefined;
  #evidence: MemoryEvidence | undefined;
  #reading: Promise<void> = Promise.resolve();
  #oomEvent = false;

  /** `limitBytes` is what the container was created with. */
  constructor(cgroups: CgroupReader, limitBytes: number | undefined) {
    this.#cgroups = cgroups;
    this.#limitBytes = limitBytes;
  }

  /** The container runs: remember where it is counted. */
  running(pid: number): void {
    if (pid > 0) this.#location ??= this.#cgroups.locate(pid).catch(() => undefined);
  }

  /** The engine's `oom` event. */
  oom(): void {
    this.#oomEvent = true;
    this.look();
  }

  /** Reads the counters while they may still be there. */
  look(): void {
    this.#reading = this.#reading.then(() => this.#read());
  }

  /** Undefined when nothing says that memory ran out. */
  async facts(exit: ExitFacts): Promise<MemoryFacts | undefined> {
    await this.#reading;
    const kills = this.#evidence?.oomKills ?? 0;
    if (!exit.oomKilled && !this.#oomEvent && kills === 0) return undefined;
    return { limitBytes: this.#limitBytes ?? this.#evidence?.limitBytes, peakBytes: this.#evidence?.peakBytes };
  }

  async #read(): Promise<void> {
    const location = await this.#location;
    if (location === undefined) return;
    const evidence = await this.#cgroups.memoryEvidence(location).catch(() => undefined);
    if (evidence !== undefined) this.#evidence = { ...this.#evidence, ...evidence };
  }
}
