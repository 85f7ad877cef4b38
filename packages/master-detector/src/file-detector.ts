import { MasterDetectorError } from "./errors.ts";
import type { MasterDetector, MasterDetectorListener } from "./master-detector.ts";
import { describeTarget, type FileTarget, type MasterTarget, parseMaster } from "./parse-master.ts";

type NamedTarget = Exclude<MasterTarget, FileTarget>;

/** Reads a file at the start, and from then on is what the file names. */
export class FileDetector implements MasterDetector {
  readonly #readFile: (path: string) => Promise<string>;
  readonly #target: FileTarget;
  readonly #detectorOf: (target: NamedTarget) => MasterDetector;
  #named: MasterDetector | undefined;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    readFile: (path: string) => Promise<string>,
    target: FileTarget,
    detectorOf: (target: NamedTarget) => MasterDetector,
  ) {
    this.#readFile = readFile;
    this.#target = target;
    this.#detectorOf = detectorOf;
  }

  start(listener: MasterDetectorListener): void {
    this.#reading = this.#read(listener);
  }

  redetect(): void {
    this.#named?.redetect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading;
    await this.#named?.close();
  }

  async #read(listener: MasterDetectorListener): Promise<void> {
    let target: NamedTarget;
    try {
      target = await this.#targetOfFile();
    } catch (error) {
      if (!this.#closed) listener.onFatal(error as MasterDetectorError);
      return;
    }
    if (this.#closed) return;
    this.#named = this.#detectorOf(target);
    this.#named.start(listener);
  }

  async #targetOfFile(): Promise<NamedTarget> {
    const where = describeTarget(this.#target);
    let text: string;
    try {
      text = await this.#readFile(this.#target.path);
    } catch (cause) {
      throw new MasterDetectorError("unreadable-file", `${where} cannot be read`, where, { cause });
    }
    const target = parseMaster(text);
    if (target.kind !== "file") return target;
    throw new MasterDetectorError("malformed", `${where} names another file`, where);
  }
}
