import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink, utimes } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "../system-error.ts";
import { type CacheRecord, fileNamePattern, parseRecord } from "./cache-record.ts";

export interface StoredRecord {
  readonly record: CacheRecord;
  readonly usedAtMs: number;
}

/**
 * The cache on disk: each entry is a file and a record of its own (`<key>.json`), so that damage to one costs one entry. A record is
 * written to the side, synced and renamed after its file is synced; its modification time is when the entry was last used.
 */
export class CacheStore {
  readonly #folder: string;
  readonly #pid: number;

  constructor(folder: string, pid: number) {
    this.#folder = folder;
    this.#pid = pid;
  }

  /** All whole entries, least recently used first. Removes what is damaged, and what fetchers that are no more left behind. */
  async load(): Promise<readonly StoredRecord[]> {
    // Others may pass through, to a folder that is lent to them by name; they can list nothing.
    await mkdir(this.#folder, { recursive: true, mode: 0o711 });
    const names = await readdir(this.#folder);
    const found: StoredRecord[] = [];
    for (const name of names.filter((name) => name.endsWith(".json"))) {
      const stored = await this.#read(name);
      if (stored === undefined) await this.#unlink(name);
      else found.push(stored);
    }
    const owned = new Set(found.map(({ record }) => record.fileName));
    for (const name of names) {
      if (!name.endsWith(".json") && !owned.has(name) && this.#isAbandoned(name)) await this.#unlink(name);
    }
    return found.sort((a, b) => a.usedAtMs - b.usedAtMs);
  }

  pathOf(record: CacheRecord): string {
    return this.#at(record.fileName);
  }

  async create(): Promise<{ fileName: string; handle: FileHandle }> {
    const fileName = `file-${this.#pid}-${randomBytes(8).toString("hex")}`;
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    return { fileName, handle: await open(this.#at(fileName), flags, 0o600) };
  }

  /** Undefined when the file is gone or no longer of the size it had. */
  async openFile(record: CacheRecord): Promise<FileHandle | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(this.#at(record.fileName), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ELOOP") return undefined;
      throw error;
    }
    const stats = await handle.stat();
    if (stats.isFile() && stats.size === record.sizeBytes) return handle;
    await handle.close();
    return undefined;
  }

  async write(record: CacheRecord, usedAtMs: number): Promise<void> {
    const temporary = this.#at(`record-${this.#pid}-${randomBytes(8).toString("hex")}`);
    try {
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(JSON.stringify(record));
        await handle.utimes(usedAtMs / 1000, usedAtMs / 1000);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#at(`${record.key}.json`));
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await this.#syncFolder();
  }

  /** Remembers a use; that it is lost in a crash does no harm, so nothing is synced. */
  async touch(record: CacheRecord, usedAtMs: number): Promise<void> {
    await utimes(this.#at(`${record.key}.json`), usedAtMs / 1000, usedAtMs / 1000).catch(() => {});
  }

  async removeRecord(key: string): Promise<void> {
    await this.#unlink(`${key}.json`);
  }

  async removeFile(fileName: string): Promise<void> {
    await this.#unlink(fileName);
  }

  async #read(name: string): Promise<StoredRecord | undefined> {
    try {
      const record = parseRecord(await readFile(this.#at(name), "utf8"));
      if (record === undefined || name !== `${record.key}.json`) return undefined;
      const file = await stat(this.#at(record.fileName));
      if (!file.isFile() || file.size !== record.sizeBytes) return undefined;
      return { record, usedAtMs: (await stat(this.#at(name))).mtimeMs };
    } catch {
      return undefined;
    }
  }

  /** A file without a record may just be on its way in another process that shares the folder. */
  #isAbandoned(name: string): boolean {
    const match = fileNamePattern.exec(name) ?? /^record-(\d+)-[0-9a-f]{16}$/.exec(name);
    if (match === null) return false;
    const pid = Number(match[1]);
    if (pid === this.#pid) return true;
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return errnoOf(error) === "ESRCH";
    }
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  #at(name: string): string {
    return path.join(this.#folder, name);
  }

  async #unlink(name: string): Promise<void> {
    try {
      await unlink(this.#at(name));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
}
