import { TaskStatus as InternalTaskStatus } from "@berth/proto/internal";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import { TaskStatus } from "@berth/proto/v1";
import { convert } from "../messages/convert.ts";

/** A complete status on its way to the master. */
export function toStatusUpdate(frameworkId: string, status: TaskStatus): StatusUpdate {
  const internal = convert(TaskStatus, InternalTaskStatus, status);
  return {
    frameworkId: { value: frameworkId },
    executorId: internal.executorId,
    slaveId: internal.slaveId,
    status: internal,
    timestamp: internal.timestamp,
    uuid: internal.uuid,
    latestState: internal.state,
  };
}
