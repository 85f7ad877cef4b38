import { isTerminalState } from "@berth/proto";
import type { StatusUpdate, StatusUpdateRecord } from "@berth/proto/internal/messages";
import { uuidKey } from "./uuid-key.ts";

export interface Replayed {
  /** Not acknowledged, head first. */
  readonly queue: readonly StatusUpdate[];
  /** Every uuid that was received, as `uuidKey` makes it. */
  readonly seen: ReadonlySet<string>;
  /** The terminal update was acknowledged, and nothing came after it. */
  readonly closed: boolean;
}

/** What a stream is at after these records, just as it was when they were written. */
export function replay(records: readonly StatusUpdateRecord[]): Replayed {
  const seen = new Set<string>();
  let queue: StatusUpdate[] = [];
  let closed = false;
  for (const { type, update, uuid } of records) {
    if (type === "UPDATE" && update !== undefined) {
      const key = uuidKey(update.uuid);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(update);
      closed = false;
    } else if (queue[0] !== undefined && uuidKey(queue[0].uuid) === uuidKey(uuid)) {
      closed = isTerminalState(queue.shift()?.status?.state);
      if (closed) queue = [];
    }
  }
  return { queue, seen, closed };
}
