import type { StatusUpdate } from "@berth/proto/internal/messages";
import { StatusUpdatesError } from "./errors.ts";
import type { StatusUpdates, TaskKey } from "./status-updates.ts";
import type { StreamEvent } from "./stream-transition.ts";
import { UpdateFile } from "./update-file.ts";
import { updateFault } from "./update-fault.ts";
import { type StreamDeps, UpdateStream } from "./update-stream.ts";

export interface StatusUpdatesOptions {
  /** How long to wait for an acknowledgement before the first repetition; doubled with each. */
  readonly firstRetryMs?: number | undefined;
  readonly maxRetryMs?: number | undefined;
}

/** `forward` sends to the master, or drops when there is none, and never throws. Does no I/O before the first update; `close()` it when done. */
export function createStatusUpdates<Handle>(
  deps: StreamDeps<Handle>,
  options: StatusUpdatesOptions = {},
): StatusUpdates {
  const backoff = { firstRetryMs: options.firstRetryMs ?? 10_000, maxRetryMs: options.maxRetryMs ?? 600_000 };
  const frameworks = new Map<string, Map<string, UpdateStream<Handle>>>();
  let paused = true;
  let closed = false;

  function find({ frameworkId, taskId }: TaskKey): UpdateStream<Handle> | undefined {
    return frameworks.get(frameworkId)?.get(taskId);
  }

  function findOrBegin(key: TaskKey, checkpointDirectory: string | undefined): UpdateStream<Handle> {
    const known = find(key);
    if (known !== undefined) return known;
    const tasks = frameworks.get(key.frameworkId) ?? new Map<string, UpdateStream<Handle>>();
    const stream: UpdateStream<Handle> = new UpdateStream(deps, {
      backoff,
      paused,
      file: checkpointDirectory === undefined ? undefined : new UpdateFile(checkpointDirectory),
      onClose() {
        if (tasks.get(key.taskId) === stream) tasks.delete(key.taskId);
        if (tasks.size === 0 && frameworks.get(key.frameworkId) === tasks) frameworks.delete(key.frameworkId);
      },
    });
    frameworks.set(key.frameworkId, tasks.set(key.taskId, stream));
    return stream;
  }

  function tell(event: StreamEvent): void {
    for (const tasks of frameworks.values()) {
      for (const stream of tasks.values()) stream.dispatch(event);
    }
  }

  return {
    async update(update, { checkpointDirectory }) {
      const fault = updateFault(update);
      if (fault !== undefined)
        throw new StatusUpdatesError("invalid-update", `a status update cannot go out: ${fault}`);
      if (closed) return "closed";
      return await findOrBegin(keyOf(update), checkpointDirectory).update(update);
    },
    async acknowledge(key, uuid) {
      return (await find(key)?.acknowledge(uuid)) ?? "ignored";
    },
    pause() {
      paused = true;
      tell({ type: "paused" });
    },
    resume() {
      paused = false;
      tell({ type: "resumed" });
    },
    resend(frameworkId) {
      for (const stream of frameworks.get(frameworkId)?.values() ?? []) stream.dispatch({ type: "resend" });
    },
    dropFramework(frameworkId) {
      const tasks = frameworks.get(frameworkId);
      frameworks.delete(frameworkId);
      for (const stream of tasks?.values() ?? []) void stream.drop();
    },
    lastForwarded: (key) => find(key)?.state.forwarded,
    pending: (key) => find(key)?.state.queue ?? [],
    async recover(key, { checkpointDirectory }) {
      return await findOrBegin(key, checkpointDirectory).recover();
    },
    async close() {
      closed = true;
      const streams = [...frameworks.values()].flatMap((tasks) => [...tasks.values()]);
      frameworks.clear();
      await Promise.all(streams.map((stream) => stream.drop()));
    },
  };
}

function keyOf({ frameworkId, status }: StatusUpdate): TaskKey {
  return { frameworkId: frameworkId?.value ?? "", taskId: status?.taskId?.value ?? "" };
}
