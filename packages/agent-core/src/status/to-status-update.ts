import { encodeMessage } from "@berth/proto";
import { TaskStatus as InternalTaskStatus } from "@berth/proto/internal";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import { TaskStatus } from "@berth/proto/v1";

/** A complete status on its way to the master. Throws ProtoError when something of it is missing that a master would refuse. */
export function toStatusUpdate(frameworkId: string, status: TaskStatus): StatusUpdate {
  const internal = InternalTaskStatus.decode(encodeMessage(TaskStatus, status));
  // Not the decoder's view, which would keep the inspect of a running task beside its update.
  if (status.uuid !== undefined) internal.uuid = status.uuid;
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
