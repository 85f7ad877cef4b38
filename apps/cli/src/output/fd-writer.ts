import { write } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const tryAgainMs = 5;

/**
 * Writes to one of our own descriptors, in order, without ever holding up the event loop: Node's process.stdout blocks on a pipe whose
 * reader is slow, and with it everything that keeps tasks running.
 */
export class FdWriter {
  readonly #fd: number;
  readonly #gone = new AbortController();
  readonly #abandoned = Promise.withResolvers<void>();
  #queue: Promise<void> = Promise.resolve();
  #writing = false;
  #isAbandoned = false;
  #stuck = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Aborted when nothing more can be written (the reader has gone, the disk is full); what is written then is dropped. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when every byte has been handed over, or the reader has gone. `bytes` must not change before. */
  write(bytes: Uint8Array | string): Promise<void> {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    this.#queue = this.#queue.then(() => this.#writeAll(buffer));
    return this.#queue;
  }

  /** Resolves when everything so far has been handed over, or given up. */
  flush(): Promise<void> {
    return Promise.race([this.#queue, this.#abandoned.promise]);
  }

  /** Gives up what the reader has not taken; what is written from now on is dropped. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#stuck = this.#writing;
    this.#abandoned.resolve();
  }

  /** Whether a write was under way when we gave up: a thread of ours may hang in it. Such a process cannot exit, only be killed: exit joins the threads. */
  get stuck(): boolean {
    return this.#stuck;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.length && !this.#gone.signal.aborted && !this.#isAbandoned) {
      try {
        this.#writing = true;
        offset += await writeSome(this.#fd, bytes, offset);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Another program on the same pipe may have made it non-blocking.
        if (code === "EAGAIN") await delay(tryAgainMs);
        else if (code !== "EINTR") this.#gone.abort(error);
      } finally {
        this.#writing = false;
      }
    }
  }
}

function writeSome(fd: number, bytes: Uint8Array, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, offset, bytes.length - offset, null, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}
