import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { FetchError } from "../errors.ts";
import { hashFile } from "../fs/hash-file.ts";
import { toFetchError } from "../system-error.ts";
import type { TransferOutcome, Validators } from "../transfer.ts";
import { type CacheEntry, CacheEntries, CacheFull } from "./cache-entries.ts";
import type { CacheStore } from "./cache-store.ts";
import { Flight, type FlightEvents } from "./flight.ts";

export interface CacheDeps {
  readonly store: CacheStore;
  readonly limitBytes: number;
  readonly now: () => number;
}

/** What the cache gives a source to write into; it answers with what came. */
export interface CacheTarget {
  readonly file: FileHandle;
  readonly known: Validators;
  readonly signal: AbortSignal;
  readonly events: FlightEvents;
}

export interface CacheRequest {
  readonly key: string;
  readonly pin: string | undefined;
  /** Runs for the first of all who wait; the others get its result. */
  readonly load: (target: CacheTarget) => Promise<TransferOutcome>;
  readonly events: FlightEvents;
  readonly onWaiting: () => void;
  readonly signal: AbortSignal;
}

/** An entry that cannot be evicted until it is released. */
export interface Lease {
  readonly file: FileHandle;
  readonly path: string;
  readonly sizeBytes: number;
  /** False when this request brought the content. */
  readonly fromCache: boolean;
  release(): Promise<void>;
}

/**
 * Content by user, URI and pin. Whoever asks for the same at the same time shares one transfer; the last one who leaves cancels it.
 * A pinned entry is final; any other is used only after its source said that it is unchanged, or could not be asked.
 */
export class FileCache {
  readonly #deps: CacheDeps;
  readonly #entries: CacheEntries;
  readonly #flights = new Map<string, Flight>();
  #loading: Promise<void> | undefined;

  constructor(deps: CacheDeps) {
    this.#deps = deps;
    this.#entries = new CacheEntries(deps);
  }

  get usedBytes(): number {
    return this.#entries.usedBytes;
  }

  /** Undefined when there is no room: then the URI is fetched directly. */
  async acquire(request: CacheRequest): Promise<Lease | undefined> {
    this.#loading ??= this.#entries.load();
    await this.#loading;
    for (;;) {
      request.signal.throwIfAborted();
      const result = await this.#join(request);
      if (result === undefined) return undefined;
      const file = await this.#deps.store.openFile(result.entry.record);
      if (file === undefined) {
        await this.#entries.drop(result.entry);
        await this.#entries.release(result.entry);
        continue;
      }
      return {
        file,
        path: this.#deps.store.pathOf(result.entry.record),
        sizeBytes: result.entry.record.sizeBytes,
        fromCache: result.fromCache,
        release: async () => {
          await file.close();
          await this.#entries.release(result.entry);
        },
      };
    }
  }

  async close(): Promise<void> {
    const flights = [...this.#flights.values()];
    for (const flight of flights) flight.cancel();
    await Promise.allSettled(flights.map((flight) => flight.settled));
    await this.#loading?.catch(() => {});
  }

  async #join(request: CacheRequest): Promise<{ entry: CacheEntry; fromCache: boolean } | undefined> {
    const { key } = request;
    let flight = this.#flights.get(key);
    const leads = flight === undefined;
    if (flight === undefined) {
      flight = new Flight((flight) => this.#run(request, flight));
      this.#flights.set(key, flight);
      const started = flight;
      void flight.settled.then(() => {
        if (this.#flights.get(key) === started) this.#flights.delete(key);
      });
    } else {
      request.onWaiting();
    }
    const joined = flight;
    try {
      const outcome = await joined.wait(request.events, request.signal);
      return outcome && { entry: outcome.entry, fromCache: outcome.reused || !leads };
    } catch (error) {
      const { entry } = joined.left();
      if (entry !== undefined) await this.#entries.release(entry);
      if (joined.cancelled) {
        // Nobody may join what is being cancelled; and when we return, its partial file is gone.
        if (this.#flights.get(key) === joined) this.#flights.delete(key);
        await joined.settled;
      }
      throw error;
    }
  }

  /** One pass for everybody: look, ask the source, take what came. Entries it returns carry a reference for each who waits. */
  async #run(request: CacheRequest, flight: Flight): Promise<{ entry: CacheEntry; reused: boolean } | undefined> {
    const known = await this.#entries.hold(request.key, flight.signal);
    try {
      const entry =
        known !== undefined && request.pin !== undefined ? known : await this.#refresh(request, flight, known);
      if (entry === undefined) return undefined;
      await this.#entries.use(entry);
      flight.land(entry);
      // From here on it takes no more passengers.
      if (this.#flights.get(request.key) === flight) this.#flights.delete(request.key);
      return { entry, reused: entry === known };
    } finally {
      if (known !== undefined) await this.#entries.release(known);
    }
  }

  async #refresh(
    request: CacheRequest,
    flight: Flight,
    known: CacheEntry | undefined,
  ): Promise<CacheEntry | undefined> {
    const { fileName, handle } = await this.#deps.store.create();
    const space = this.#entries.reserve();
    let kept = false;
    try {
      const outcome = await request.load({
        file: handle,
        known: known?.record.validators ?? {},
        signal: flight.signal,
        events: {
          onStart: (totalBytes) => {
            if (totalBytes !== undefined) space.growTo(totalBytes);
            flight.events.onStart(totalBytes);
          },
          onBytes: (receivedBytes, totalBytes) => {
            space.growTo(receivedBytes);
            flight.events.onBytes(receivedBytes, totalBytes);
          },
          onRetry: flight.events.onRetry,
        },
      });
      if (outcome.kind === "unchanged") return known;
      const sha256 = await hashFile(handle, flight.signal);
      if (request.pin !== undefined && request.pin !== sha256) throw checksumError(request.pin, sha256);
      await handle.sync();
      const { sizeBytes, validators } = outcome;
      const record = { version: 1, key: request.key, fileName, sizeBytes, sha256, validators } as const;
      const entry = await this.#entries.adopt(record, space);
      kept = true;
      return entry;
    } catch (error) {
      if (error instanceof CacheFull || toFetchError(error, undefined).code === "no-space") return undefined;
      if (known !== undefined && saysNothing(error)) return known;
      throw error;
    } finally {
      await handle.close();
      if (!kept) {
        await this.#deps.store.removeFile(fileName);
        space.giveBack();
      }
    }
  }
}

/** The key of a URI for one user; the pin belongs to it, so that a new pin is new content. */
export function cacheKey(userName: string | undefined, uri: string): string {
  return createHash("sha256")
    .update(JSON.stringify([userName ?? null, uri]))
    .digest("hex");
}

export function checksumError(pin: string, sha256: string): FetchError {
  return new FetchError("checksum", `the content has SHA-256 ${sha256}, but the URI is pinned to ${pin}`);
}

/** A source that cannot be reached now does not say that our copy is old. */
function saysNothing(error: unknown): boolean {
  if (!(error instanceof FetchError)) return false;
  if (error.code === "connection" || error.code === "stalled" || error.code === "incomplete") return true;
  return error.code === "http-status" && (error.status ?? 0) >= 429;
}
