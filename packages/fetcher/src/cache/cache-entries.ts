import { hashFile } from "../fs/hash-file.ts";
import type { CacheRecord } from "./cache-record.ts";
import type { CacheStore } from "./cache-store.ts";

export interface CacheEntry {
  readonly record: CacheRecord;
  /** While positive, neither evicted nor removed. */
  references: number;
  /** Its content was hashed since this process knows it. */
  verified: boolean;
  /** No longer found by its key; its file goes with the last reference. */
  detached: boolean;
}

/** There is no room, even without everything that is not in use. */
export class CacheFull extends Error {}

/** Room that is claimed while a file grows. */
export interface Space {
  /** Throws CacheFull. */
  growTo(bytes: number): void;
  giveBack(): void;
}

export interface CacheEntriesDeps {
  readonly store: CacheStore;
  readonly limitBytes: number;
  readonly now: () => number;
}

/** The entries in order of use, what they take, and who may go. */
export class CacheEntries {
  readonly #deps: CacheEntriesDeps;
  /** Least recently used first. */
  readonly #entries = new Map<string, CacheEntry>();
  #usedBytes = 0;
  #removals: Promise<void> = Promise.resolve();

  constructor(deps: CacheEntriesDeps) {
    this.#deps = deps;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  async load(): Promise<void> {
    for (const { record } of await this.#deps.store.load()) {
      this.#entries.set(record.key, { record, references: 0, verified: false, detached: false });
      this.#usedBytes += record.sizeBytes;
    }
    // The limit may have been lowered since.
    if (this.#usedBytes > this.#deps.limitBytes) this.#evict(this.#usedBytes - this.#deps.limitBytes);
    await this.#removals;
  }

  /** The entry of a key with a reference, once its file is known to be whole; a damaged one is dropped. */
  async hold(key: string, signal: AbortSignal): Promise<CacheEntry | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.references += 1;
    try {
      if (await this.#isWhole(entry, signal)) return entry;
    } catch (error) {
      await this.release(entry);
      throw error;
    }
    await this.drop(entry);
    await this.release(entry);
    return undefined;
  }

  /** Moves an entry to the most recent end. */
  async use(entry: CacheEntry): Promise<void> {
    if (entry.detached) return;
    this.#entries.delete(entry.record.key);
    this.#entries.set(entry.record.key, entry);
    await this.#deps.store.touch(entry.record, this.#deps.now());
  }

  reserve(): Space {
    let claimed = 0;
    return {
      growTo: (bytes) => {
        if (bytes <= claimed) return;
        const lacking = this.#usedBytes + (bytes - claimed) - this.#deps.limitBytes;
        if (lacking > 0 && !this.#evict(lacking)) throw new CacheFull();
        this.#usedBytes += bytes - claimed;
        claimed = bytes;
      },
      giveBack: () => {
        this.#usedBytes -= claimed;
        claimed = 0;
      },
    };
  }

  /** Makes a finished file an entry, in the place of an older one; its claimed space becomes its own. */
  async adopt(record: CacheRecord, space: Space): Promise<CacheEntry> {
    await this.#removals;
    const older = this.#entries.get(record.key);
    const entry: CacheEntry = { record, references: 0, verified: true, detached: false };
    await this.#deps.store.write(record, this.#deps.now());
    space.giveBack();
    this.#usedBytes += record.sizeBytes;
    this.#entries.delete(record.key);
    this.#entries.set(record.key, entry);
    if (older !== undefined) {
      older.detached = true;
      await this.#removeIfUnused(older);
    }
    return entry;
  }

  /** Forgets an entry whose file is gone or damaged. */
  async drop(entry: CacheEntry): Promise<void> {
    if (entry.detached) return;
    entry.detached = true;
    this.#entries.delete(entry.record.key);
    await this.#deps.store.removeRecord(entry.record.key);
    await this.#removeIfUnused(entry);
  }

  async release(entry: CacheEntry): Promise<void> {
    entry.references -= 1;
    await this.#removeIfUnused(entry);
  }

  async #removeIfUnused(entry: CacheEntry): Promise<void> {
    if (!entry.detached || entry.references > 0) return;
    this.#usedBytes -= entry.record.sizeBytes;
    await this.#deps.store.removeFile(entry.record.fileName);
  }

  /** Evicts the least recently used that nobody uses until `bytes` are free; nothing when that cannot be had. */
  #evict(bytes: number): boolean {
    const victims: CacheEntry[] = [];
    let found = 0;
    for (const entry of this.#entries.values()) {
      if (found >= bytes) break;
      if (entry.references > 0) continue;
      victims.push(entry);
      found += entry.record.sizeBytes;
    }
    if (found < bytes) return false;
    for (const entry of victims) {
      const { key, fileName, sizeBytes } = entry.record;
      this.#entries.delete(key);
      entry.detached = true;
      this.#usedBytes -= sizeBytes;
      // The record first: a record without a file costs a look at the next start, a file without a record costs its space until then.
      this.#removals = this.#removals.then(async () => {
        await this.#deps.store.removeRecord(key);
        await this.#deps.store.removeFile(fileName);
      });
    }
    this.#removals = this.#removals.catch(() => {});
    return true;
  }

  async #isWhole(entry: CacheEntry, signal: AbortSignal): Promise<boolean> {
    const file = await this.#deps.store.openFile(entry.record);
    if (file === undefined) return false;
    try {
      entry.verified ||= (await hashFile(file, signal)) === entry.record.sha256;
      return entry.verified;
    } finally {
      await file.close();
    }
  }
}
