import type { Log } from "@berth/log";
import type { StatusUpdate, StatusUpdateRecord } from "@berth/proto/internal/messages";
import { StatusUpdatesError } from "./errors.ts";
import { replay } from "./replay.ts";
import type { AcknowledgeOutcome, UpdateOutcome } from "./status-updates.ts";
import { type Backoff, isInFlight, type StreamEvent, type StreamState, streamTransition } from "./stream-transition.ts";
import type { Timers } from "./timers.ts";
import type { UpdateFile } from "./update-file.ts";
import { uuidKey } from "./uuid-key.ts";

export interface StreamDeps<Handle> {
  readonly forward: (update: StatusUpdate) => void;
  readonly log: Log;
  readonly timers: Timers<Handle>;
}

export interface StreamOptions {
  readonly backoff: Backoff;
  readonly paused: boolean;
  /** Absent when nothing is to be stored. */
  readonly file: UpdateFile | undefined;
  /** The stream has ended by itself. */
  readonly onClose: () => void;
}

/** Acts for one stream: stores, then tells; one call after the other. What to do is decided by `streamTransition`. */
export class UpdateStream<Handle> {
  readonly #deps: StreamDeps<Handle>;
  readonly #options: StreamOptions;
  readonly #seen = new Set<string>();
  #state: StreamState;
  #timer: { readonly handle: Handle } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #loaded = false;
  /** The file says that the terminal update was acknowledged in an earlier life, and nothing new has come since. */
  #overBefore = false;
  #ended = false;
  /** A write has failed: what is on disk behind the last whole record is unknown, nothing more goes there. */
  #poisoned = false;

  constructor(deps: StreamDeps<Handle>, options: StreamOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#state = { queue: [], paused: options.paused, forwarded: undefined, retryMs: 0 };
  }

  get state(): StreamState {
    return this.#state;
  }

  update(update: StatusUpdate): Promise<UpdateOutcome> {
    return this.#inTurn(async () => {
      if (this.#ended) return "closed";
      if (!(await this.#load())) return "unstored";
      const key = uuidKey(update.uuid);
      if (this.#seen.has(key)) {
        if (this.#overBefore) this.#end();
        return "duplicate";
      }
      if (!(await this.#store({ type: "UPDATE", update }))) return "unstored";
      if (this.#ended) return "closed";
      this.#seen.add(key);
      this.#overBefore = false;
      this.dispatch({ type: "received", update });
      return "queued";
    });
  }

  acknowledge(uuid: Uint8Array): Promise<AcknowledgeOutcome> {
    return this.#inTurn(async () => {
      if (!isInFlight(this.#state, uuid)) return "ignored";
      // Not stored, it still counts: in the next life the update goes out once more, which is better than for ever in this one.
      await this.#store({ type: "ACK", uuid });
      if (this.#ended) return "ignored";
      this.dispatch({ type: "acknowledged", uuid });
      return this.#ended ? "closed" : "advanced";
    });
  }

  /** Reads the file of an earlier life; undefined when it has nothing to go on with. The stream has ended then. */
  recover(): Promise<readonly StatusUpdate[] | undefined> {
    return this.#inTurn(async () => {
      try {
        await this.#readFile();
      } catch (cause) {
        this.#end();
        throw new StatusUpdatesError("unreadable-file", `cannot read ${this.#options.file?.path}`, { cause });
      }
      if (this.#overBefore || this.#seen.size === 0) this.#end();
      return this.#ended ? undefined : this.#state.queue;
    });
  }

  dispatch(event: StreamEvent): void {
    if (this.#ended) return;
    const { state, effects } = streamTransition(this.#state, event, this.#options.backoff);
    this.#state = state;
    for (const effect of effects) {
      switch (effect.type) {
        case "forward":
          this.#deps.forward(effect.update);
          break;
        case "schedule":
          this.#cancel();
          this.#timer = { handle: this.#deps.timers.set(() => this.dispatch({ type: "retry-due" }), effect.delayMs) };
          break;
        case "cancel":
          this.#cancel();
          break;
        case "close":
          this.#end();
          break;
      }
    }
  }

  /** No word more. What waits for its turn is answered `closed`. Resolves when nothing is being written any more. */
  async drop(): Promise<void> {
    this.#ended = true;
    this.#cancel();
    await this.#turn.catch(() => {});
  }

  #end(): void {
    this.#ended = true;
    this.#cancel();
    this.#options.onClose();
  }

  #cancel(): void {
    if (this.#timer !== undefined) this.#deps.timers.clear(this.#timer.handle);
    this.#timer = undefined;
  }

  /** One job at a time, so that the order on disk, in the queue and of the calls is one. */
  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(job, job);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** False: the file of an earlier life could not be read, and is not written to. */
  async #load(): Promise<boolean> {
    if (this.#loaded || this.#poisoned) return !this.#poisoned;
    try {
      await this.#readFile();
    } catch (error) {
      this.#poison(error);
    }
    return !this.#poisoned;
  }

  async #readFile(): Promise<void> {
    const { file } = this.#options;
    if (this.#loaded) return;
    if (file === undefined) {
      this.#loaded = true;
      return;
    }
    const { records, droppedBytes } = await file.load();
    this.#loaded = true;
    if (droppedBytes > 0) {
      this.#deps.log.warn("status updates: the end of a file was no whole record and is cut off", {
        file: file.path,
        droppedBytes,
      });
    }
    const { queue, seen, closed } = replay(records);
    for (const key of seen) this.#seen.add(key);
    this.#overBefore = closed;
    if (this.#ended) return;
    this.#state = { ...this.#state, queue };
    this.dispatch({ type: "resend" });
  }

  async #store(record: StatusUpdateRecord): Promise<boolean> {
    const { file } = this.#options;
    if (file === undefined) return true;
    if (this.#poisoned) return false;
    try {
      await file.append(record);
      return true;
    } catch (error) {
      this.#poison(error);
      return false;
    }
  }

  #poison(error: unknown): void {
    this.#poisoned = true;
    this.#deps.log.error("status updates: a task's updates cannot be stored and are refused until the agent restarts", {
      file: this.#options.file?.path,
      error,
    });
  }
}
