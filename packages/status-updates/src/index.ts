export { createStatusUpdates, type StatusUpdatesOptions } from "./create-status-updates.ts";
export { StatusUpdatesError, type StatusUpdatesErrorCode } from "./errors.ts";
export type { AcknowledgeOutcome, StatusUpdates, TaskKey, UpdateOutcome } from "./status-updates.ts";
export {
  type Backoff,
  type StreamEffect,
  type StreamEvent,
  type StreamState,
  streamTransition,
  type StreamTransition,
} from "./stream-transition.ts";
export type { Timers } from "./timers.ts";
export { decodeUpdateRecords, type ReadRecords } from "./update-records.ts";
export type { StreamDeps as StatusUpdatesDeps } from "./update-stream.ts";
