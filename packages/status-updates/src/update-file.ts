import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import type { StatusUpdateRecord } from "@berth/proto/internal/messages";
import { decodeUpdateRecords, encodeUpdateRecord } from "./update-records.ts";

/** What `load` found. */
export interface LoadedFile {
  readonly records: readonly StatusUpdateRecord[];
  /** Bytes after the last whole record; they are cut off. */
  readonly droppedBytes: number;
}

/**
 * The `task.updates` of a task. It is opened for each record and closed again: thousands of tasks that have nothing to say hold no
 * descriptors. One caller at a time.
 */
export class UpdateFile {
  readonly path: string;
  #exists = false;

  constructor(checkpointDirectory: string) {
    this.path = path.join(checkpointDirectory, "task.updates");
  }

  /** Reads all there is and cuts the file at the last whole record, so that what is appended can be read. No file is an empty one. */
  async load(): Promise<LoadedFile> {
    const bytes = await readFile(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return undefined;
    });
    if (bytes === undefined) return { records: [], droppedBytes: 0 };
    this.#exists = true;
    const { records, wholeBytes } = decodeUpdateRecords(bytes);
    if (wholeBytes < bytes.byteLength) await this.#cut(wholeBytes);
    return { records, droppedBytes: bytes.byteLength - wholeBytes };
  }

  /** Resolves when the record would outlast a power cut. Nobody else may read it: a status may hold an inspect, environment and all. */
  async append(record: StatusUpdateRecord): Promise<void> {
    const directory = path.dirname(this.path);
    if (!this.#exists) await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = await open(this.path, "a", 0o600);
    try {
      await file.appendFile(encodeUpdateRecord(record));
      await file.datasync();
    } finally {
      await file.close();
    }
    if (!this.#exists) await syncDirectory(directory);
    this.#exists = true;
  }

  async #cut(sizeBytes: number): Promise<void> {
    const file = await open(this.path, "r+");
    try {
      await file.truncate(sizeBytes);
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

/** The name of a new file is in its folder, which is written apart from the file. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
