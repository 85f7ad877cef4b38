import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import path from "node:path";

export interface FollowSink {
  /** Resolves when `bytes` may be overwritten. */
  write(bytes: Uint8Array): Promise<void>;
}

const chunkBytes = 256 * 1024;

// The task may write in its sandbox: a link there must not show the host's files, and a pipe must not hold us.
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Copies a growing file, from its first byte. Rotation by rename (`stdout` becomes `stdout.1`) is followed through every step.
 * The sink sets the pace: the file waits for it, whoever writes the file does not.
 */
export class FileFollower {
  readonly #file: string;
  readonly #sink: FollowSink;
  readonly #buffer = Buffer.allocUnsafe(chunkBytes);
  #handle: FileHandle | undefined;
  #inode: bigint | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(file: string, sink: FollowSink) {
    this.#file = file;
    this.#sink = sink;
  }

  /** Something may have been written: copies up to the present end. Rejects when the file cannot be read. */
  poke(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#copy().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Call when nobody writes any more. Resolves when the last byte has been copied. */
  async finish(): Promise<void> {
    try {
      await this.#running;
      await this.poke();
    } finally {
      await this.#handle?.close();
      this.#handle = undefined;
    }
  }

  async #copy(): Promise<void> {
    do {
      this.#again = false;
      if (this.#handle === undefined && !(await this.#open(this.#file))) return;
      await this.#drain();
      for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
        await this.#drain(); // what came between our last look and the rename
        if (!(await this.#open(next))) break;
        await this.#drain();
      }
    } while (this.#again);
  }

  async #drain(): Promise<void> {
    for (;;) {
      const read = await this.#handle?.read(this.#buffer, 0, chunkBytes, null);
      if (read === undefined || read.bytesRead === 0) return;
      await this.#sink.write(this.#buffer.subarray(0, read.bytesRead));
    }
  }

  /** The file that follows the one in hand; undefined when that is the newest. */
  async #next(): Promise<string | undefined> {
    const newest = await inodeOf(this.#file);
    if (newest === undefined || newest === this.#inode) return undefined;
    const folder = path.dirname(this.#file);
    const base = path.basename(this.#file);
    const numbers = (await readdir(folder))
      .flatMap((name) =>
        name.startsWith(`${base}.`) && /^\d+$/.test(name.slice(base.length + 1))
          ? [Number(name.slice(base.length + 1))]
          : [],
      )
      .sort((a, b) => b - a);
    for (const number of numbers) {
      if ((await inodeOf(`${this.#file}.${number}`)) === this.#inode) {
        return number === 1 ? this.#file : `${this.#file}.${number - 1}`;
      }
    }
    // Ours is gone: rotated away before we came to read it. The oldest that is left goes on.
    const oldest = numbers[0];
    return oldest === undefined ? this.#file : `${this.#file}.${oldest}`;
  }

  async #open(file: string): Promise<boolean> {
    const handle = await openPlainFile(file);
    if (handle === undefined) return false;
    await this.#handle?.close();
    this.#handle = handle;
    this.#inode = (await handle.stat({ bigint: true })).ino;
    return true;
  }
}

/** Undefined when there is none. Looks first, because opening a device can already do something. */
async function openPlainFile(file: string): Promise<FileHandle | undefined> {
  try {
    if (!(await lstat(file)).isFile()) throw notPlain(file);
    const handle = await open(file, readFlags);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw notPlain(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw code === "ELOOP" || code === "ENXIO" ? notPlain(file) : error;
  }
}

function notPlain(file: string): Error {
  return new Error(`${file} is not a plain file`);
}

async function inodeOf(file: string): Promise<bigint | undefined> {
  return lstat(file, { bigint: true }).then(
    (found) => found.ino,
    () => undefined,
  );
}
