import type { Log } from "@berth/log";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import type { AcknowledgeOutcome, StatusUpdates, TaskKey } from "@berth/status-updates";

export interface UpdatesDeskDeps {
  /** Twice: the streams, and those that live in memory only. */
  readonly createStatusUpdates: () => StatusUpdates;
  readonly log: Log;
  readonly onUnstored: () => void;
}

/**
 * The update streams, and what to do when one cannot be stored: a full disk must not keep a task's end from its framework. Its
 * updates then go through a second set of streams that stores nothing, behind what the stored one still has to deliver.
 */
export class UpdatesDesk {
  readonly #deps: UpdatesDeskDeps;
  readonly #streams: StatusUpdates;
  readonly #unstored: StatusUpdates;
  /** Their tasks' stored streams still have something to deliver. */
  readonly #held = new Map<string, StatusUpdate[]>();

  constructor(deps: UpdatesDeskDeps) {
    this.#deps = deps;
    this.#streams = deps.createStatusUpdates();
    this.#unstored = deps.createStatusUpdates();
  }

  /** Updates of one task in the order of the calls. */
  async deliver(update: StatusUpdate, checkpointDirectory: string | undefined): Promise<void> {
    const key = { frameworkId: update.frameworkId?.value ?? "", taskId: update.status?.taskId?.value ?? "" };
    try {
      const outcome = await this.#streams.update(update, { checkpointDirectory });
      if (outcome === "unstored") await this.#deliverUnstored(key, update);
      else if (outcome !== "queued") {
        this.#deps.log.debug("a status update was not queued", { ...key, state: update.status?.state, outcome });
      }
    } catch (error) {
      this.#deps.log.error("a status update cannot go out", { ...key, state: update.status?.state, error });
    }
  }

  async acknowledge(key: TaskKey, uuid: Uint8Array): Promise<AcknowledgeOutcome> {
    const outcome = await this.#streams.acknowledge(key, uuid);
    if (outcome === "ignored") return await this.#unstored.acknowledge(key, uuid);
    if (this.#streams.pending(key).length === 0) await this.#release(key);
    return outcome;
  }

  pause(): void {
    this.#streams.pause();
    this.#unstored.pause();
  }

  resume(): void {
    this.#streams.resume();
    this.#unstored.resume();
  }

  resend(frameworkId: string): void {
    this.#streams.resend(frameworkId);
    this.#unstored.resend(frameworkId);
  }

  dropFramework(frameworkId: string): void {
    this.#streams.dropFramework(frameworkId);
    this.#unstored.dropFramework(frameworkId);
    for (const [key, updates] of this.#held) {
      if (updates[0]?.frameworkId?.value === frameworkId) this.#held.delete(key);
    }
  }

  lastForwarded(key: TaskKey): StatusUpdate | undefined {
    return this.#unstored.lastForwarded(key) ?? this.#streams.lastForwarded(key);
  }

  /** Something of the task is on its way to the master. */
  hasPending(key: TaskKey): boolean {
    return (
      this.#streams.pending(key).length > 0 || this.#unstored.pending(key).length > 0 || this.#held.has(textOf(key))
    );
  }

  recover(key: TaskKey, checkpointDirectory: string): Promise<readonly StatusUpdate[] | undefined> {
    return this.#streams.recover(key, { checkpointDirectory });
  }

  async close(): Promise<void> {
    await Promise.all([this.#streams.close(), this.#unstored.close()]);
  }

  async #deliverUnstored(key: TaskKey, update: StatusUpdate): Promise<void> {
    this.#deps.onUnstored();
    this.#deps.log.error("a status update could not be stored; it would be lost if the agent ended now", {
      ...key,
      state: update.status?.state,
    });
    const held = this.#held.get(textOf(key));
    if (held !== undefined) held.push(update);
    else if (this.#streams.pending(key).length > 0) this.#held.set(textOf(key), [update]);
    else await this.#unstored.update(update, {});
  }

  async #release(key: TaskKey): Promise<void> {
    const held = this.#held.get(textOf(key));
    this.#held.delete(textOf(key));
    for (const update of held ?? []) await this.#unstored.update(update, {});
  }
}

function textOf({ frameworkId, taskId }: TaskKey): string {
  return `${frameworkId}\0${taskId}`;
}
