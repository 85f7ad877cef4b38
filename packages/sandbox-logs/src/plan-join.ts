import type { EngineLogRead } from "./engine-log.ts";
import type { LogStream } from "./sandbox-logs.ts";
import { findSeam, locate, type RetainedLog } from "./seam.ts";
import type { StreamPosition } from "./stream-position.ts";

/** How one stream goes on after a break: first `fill` from the engine's log, then, if there is doubt, a marker, then what came live. */
export interface StreamPlan {
  readonly fill: Buffer;
  /** Why something may be missing after `fill`. */
  readonly gap: string | undefined;
}

/** `tryAgain`: the engine's log lags a little behind the stream; what it does not have yet it may have at the next look. */
export type JoinPlan = StreamPlan & { readonly tryAgain: boolean };

type Position = Pick<StreamPosition, "receivedBytes" | "tail">;

const nothing = Buffer.alloc(0);

/** While the container runs: where a new live stream joins. `settledBytes` of `live` are lines that came before the log was read. */
export function planJoin(
  name: LogStream,
  position: Position,
  read: EngineLogRead,
  live: Buffer,
  settledBytes: number,
): JoinPlan {
  if (!read.ok) return { fill: nothing, gap: read.why, tryAgain: true };
  const log = read[name];
  const place = locate(position, log);
  if (!place.found) return { fill: nothing, gap: place.why, tryAgain: true };
  const seam = findSeam(log.bytes.subarray(place.at), live, settledBytes);
  if (seam === undefined) {
    return { fill: nothing, gap: "the new stream and the engine's log do not meet", tryAgain: true };
  }
  const doubt = seam.exact ? undefined : "the new stream fits the engine's log in more than one place";
  return { ...takePart(log, place.at, place.at + seam.fillBytes, doubt), tryAgain: false };
}

/** After the exit: all that the engine's log has behind our end. It must have in it what a stream not yet joined had brought. */
export function planCompletion(name: LogStream, position: Position, read: EngineLogRead, unjoined: Buffer): StreamPlan {
  if (!read.ok) return { fill: nothing, gap: read.why };
  const log = read[name];
  const place = locate(position, log);
  if (!place.found) return { fill: nothing, gap: place.why };
  if (!log.bytes.subarray(place.at).includes(unjoined)) {
    return { fill: nothing, gap: "the engine's log lacks what came after a break" };
  }
  return takePart(log, place.at, log.bytes.length, undefined);
}

function takePart(log: RetainedLog, from: number, to: number, doubt: string | undefined): StreamPlan {
  return { fill: log.bytes.subarray(from, to), gap: doubt ?? log.damage(from, to) };
}
