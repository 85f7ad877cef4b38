import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { BufferBudget } from "./buffer-budget.ts";
import { systemCode } from "./errors.ts";
import { type FileOwner, rotateLogFile } from "./log-file.ts";
import type { LogGap, LogLimits } from "./sandbox-logs.ts";
import { byteLength, skipBytes, splitBatch } from "./split-batch.ts";
import { WriteQueue } from "./write-queue.ts";

export interface FileSinkOptions {
  readonly path: string;
  readonly owner: FileOwner | undefined;
  readonly limits: LogLimits | undefined;
  readonly budget: BufferBudget;
  /** How long a write that fails is tried again, holding the container back, before output is dropped. */
  readonly holdMs: number;
  /** Time between two tries, while holding and, once dropping, to find out whether there is room again. */
  readonly retryMs: number;
  /** Bytes have left memory: reading may go on. */
  readonly onDrained: () => void;
  readonly onGap: (gap: LogGap) => void;
}

const batchBytes = 1024 * 1024;
/** Half of Linux' IOV_MAX. */
const batchSlices = 512;

/** One file, appended to in order by one write at a time; what arrives meanwhile goes out together in the next. */
export class FileSink {
  readonly #options: FileSinkOptions;
  readonly #queue = new WriteQueue();
  #handle: FileHandle;
  #inFlightBytes = 0;
  #running: Promise<void> | undefined;
  /** Length of the current file, and of all that it ever was with those rotated away. */
  #currentBytes: number;
  #totalBytes: number;
  #atLineStart = true;
  #rotateAtBytes: number;
  /** Set while the disk takes nothing and output is dropped. */
  #outage: { why: string; lostBytes: number; probing: boolean } | undefined;

  constructor(handle: FileHandle, lengthBytes: number, options: FileSinkOptions) {
    this.#handle = handle;
    this.#currentBytes = lengthBytes;
    this.#totalBytes = lengthBytes;
    this.#options = options;
    this.#rotateAtBytes = options.limits?.maxFileBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes in memory, those in a write included. */
  get pendingBytes(): number {
    return this.#queue.bytes + this.#inFlightBytes;
  }

  /** Bytes handed to the kernel, what the file held before and rotated files included. */
  get fileBytes(): number {
    return this.#totalBytes;
  }

  get rotatedBytes(): number {
    return this.#totalBytes - this.#currentBytes;
  }

  append(chunk: Buffer, start: number, end: number): void {
    // A run that finds nothing to write would be over before it counts as running.
    if (end <= start) return;
    if (this.#outage !== undefined && !this.#outage.probing) {
      this.#lose(end - start);
      return;
    }
    this.#queue.push(chunk, start, end);
    this.#options.budget.hold(end - start);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits any more: written or, with the disk full for too long, dropped. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#endOutage();
    await this.#handle.close();
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.bytes > 0) {
        const batch = this.#queue.take(batchBytes, batchSlices);
        this.#inFlightBytes = byteLength(batch);
        await this.#write(batch);
        this.#options.onDrained();
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #write(batch: readonly Buffer[]): Promise<void> {
    let rest = batch;
    let failures = 0;
    while (rest.length > 0) {
      try {
        const { now, later } = splitBatch(rest, this.#rotateAtBytes - this.#currentBytes, {
          empty: this.#currentBytes === 0,
          atLineStart: this.#atLineStart,
        });
        if (now.length === 0) {
          await this.#rotate();
          continue;
        }
        const { bytesWritten } = await this.#handle.writev(now as Buffer[]);
        this.#written(now, bytesWritten);
        failures = 0;
        rest = bytesWritten === byteLength(now) ? later : skipBytes(rest, bytesWritten);
      } catch (error) {
        failures += 1;
        const patient = this.#outage === undefined && failures * this.#options.retryMs <= this.#options.holdMs;
        if (!patient) {
          this.#drop(byteLength(rest), error);
          return;
        }
        await sleep(this.#options.retryMs);
      }
    }
  }

  #written(batch: readonly Buffer[], bytes: number): void {
    if (bytes === 0) throw new Error("the kernel took no byte of a write");
    this.#endOutage();
    this.#leaveMemory(bytes);
    this.#currentBytes += bytes;
    this.#totalBytes += bytes;
    const last = bytes === byteLength(batch) ? batch.at(-1) : undefined;
    this.#atLineStart = last?.at(-1) === 0x0a;
  }

  async #rotate(): Promise<void> {
    const limits = this.#options.limits;
    if (limits === undefined) return;
    try {
      const next = await rotateLogFile(this.#options.path, limits.maxFiles, this.#options.owner);
      const old = this.#handle;
      this.#handle = next;
      this.#currentBytes = 0;
      this.#rotateAtBytes = limits.maxFileBytes;
      // The bytes are with the kernel; an error now could not be mended.
      await old.close().catch(() => undefined);
    } catch {
      // The limit yields, the bytes do not: the file grows on by another limit before the next try. Nothing has moved.
      this.#rotateAtBytes = this.#currentBytes + limits.maxFileBytes;
    }
  }

  #drop(restBytes: number, error: unknown): void {
    const queued = this.#queue.clear();
    this.#options.budget.release(queued);
    this.#leaveMemory(restBytes);
    const cause = error instanceof Error ? error.message : String(error);
    this.#outage ??= { why: `${systemCode(error) ?? "write failed"}: ${cause}`, lostBytes: 0, probing: false };
    this.#outage.probing = false;
    this.#lose(queued + restBytes);
    const outage = this.#outage;
    setTimeout(() => {
      outage.probing = true;
    }, this.#options.retryMs).unref();
  }

  #lose(bytes: number): void {
    if (this.#outage !== undefined) this.#outage.lostBytes += bytes;
  }

  #endOutage(): void {
    if (this.#outage === undefined) return;
    const { why, lostBytes } = this.#outage;
    this.#outage = undefined;
    this.#options.onGap({ offset: this.#totalBytes, lostBytes, why });
  }

  #leaveMemory(bytes: number): void {
    this.#inFlightBytes -= bytes;
    this.#options.budget.release(bytes);
  }
}
