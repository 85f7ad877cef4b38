import type { StatusUpdate } from "@berth/proto/internal/messages";

/** Why a master would refuse the update or, without a `status.uuid`, crash on it. Undefined when it may go out. */
export function updateFault(update: StatusUpdate): string | undefined {
  const { frameworkId, slaveId, status, uuid } = update;
  if (!frameworkId?.value) return "framework_id is not set";
  if (!slaveId?.value) return "slave_id is not set";
  if (!status?.taskId?.value) return "status.task_id is not set";
  if (status.state === undefined) return "status.state is not set";
  if (status.source === undefined) return "status.source is not set";
  if (status.timestamp === undefined || update.timestamp === undefined) return "a timestamp is not set";
  if (!status.slaveId?.value) return "status.slave_id is not set";
  if (uuid?.byteLength !== 16 || status.uuid === undefined) return "uuid and status.uuid are 16 bytes";
  return Buffer.compare(uuid, status.uuid) === 0 ? undefined : "uuid and status.uuid differ";
}
