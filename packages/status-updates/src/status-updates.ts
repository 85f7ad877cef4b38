import type { StatusUpdate } from "@berth/proto/internal/messages";

export interface TaskKey {
  readonly frameworkId: string;
  readonly taskId: string;
}

/**
 * `duplicate`: a uuid that was received or acknowledged before; nothing was done. `unstored`: it could not be written, nothing was queued.
 * `closed`: its stream ended before its turn came (terminal one acknowledged, framework dropped, `close`); nothing was queued.
 */
export type UpdateOutcome = "queued" | "duplicate" | "closed" | "unstored";

/** `closed`: it was the terminal one, the stream is gone. `ignored`: no such stream, or not the uuid in flight. */
export type AcknowledgeOutcome = "advanced" | "closed" | "ignored";

/** Reliable delivery of task statuses. Source: the original's task status update manager. */
export interface StatusUpdates {
  /**
   * Takes an update into its task's stream: stored first (when the stream is checkpointed), then queued. Updates of one task keep the
   * order of the calls. `checkpointDirectory` is the folder of the task's `task.updates`; without one nothing is stored. It counts when the
   * stream begins: later calls may leave it out. Rejects with StatusUpdatesError `invalid-update` when a field is missing without which a
   * master would refuse the update, or crash.
   */
  update(update: StatusUpdate, options: { readonly checkpointDirectory?: string | undefined }): Promise<UpdateOutcome>;
  /** The master's acknowledgement, stored before the next update goes out. */
  acknowledge(key: TaskKey, uuid: Uint8Array): Promise<AcknowledgeOutcome>;
  /** Forwards nothing until `resume`. Streams begin paused. */
  pause(): void;
  /** Sends all heads at once, each with its back-off from the start. */
  resume(): void;
  /** Sends the heads of one framework again at once (UpdateFramework). Nothing while paused. */
  resend(frameworkId: string): void;
  /** Forgets the streams of a framework: nobody listens any more. Their files stay for the garbage collection. */
  dropFramework(frameworkId: string): void;
  /**
   * The update that was sent last to the master, with the `latest_state` of then, for re-registration. Its `data` is let go
   * when it is acknowledged. Undefined when nothing went out in this life.
   */
  lastForwarded(key: TaskKey): StatusUpdate | undefined;
  /** What is not acknowledged yet, head first. */
  pending(key: TaskKey): readonly StatusUpdate[];
  /**
   * Reads the stream of an earlier life back, cut at the last whole record. What is not acknowledged, head first; an empty list when all is
   * and the task goes on. Undefined when there are no records, or the terminal one was acknowledged. Rejects with StatusUpdatesError
   * `unreadable-file`.
   */
  recover(
    key: TaskKey,
    options: { readonly checkpointDirectory: string },
  ): Promise<readonly StatusUpdate[] | undefined>;
  /** Stops timers and closes files. What is pending stays on disk. */
  close(): Promise<void>;
}
