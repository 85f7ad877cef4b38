/**
 * Bodies of messages that no recording has, put together by hand from the field numbers of wire.md, appendix A: no codec has a part in
 * them. Fields are in the order of their numbers, as protobuf's own encoders write them. Whoever sends or receives such a message is held
 * against these bytes, so that two halves of ours cannot agree on a mistake.
 */
export const unrecorded = {
  /** ShutdownMessage: 1 message */
  shutdown: (message: string): Uint8Array => text(1, message),

  /** ShutdownExecutorMessage: 1 executor_id, 2 framework_id */
  shutdownExecutor: (frameworkId: string, executorId: string): Uint8Array =>
    join(id(1, executorId), id(2, frameworkId)),

  /** FrameworkToExecutorMessage and ExecutorToFrameworkMessage: 1 slave_id, 2 framework_id, 3 executor_id, 4 data */
  executorMessage: (ids: ExecutorMessageIds, data: string): Uint8Array =>
    join(id(1, ids.agentId), id(2, ids.frameworkId), id(3, ids.executorId), text(4, data)),

  /** KillTaskMessage: 1 framework_id, 2 task_id, 3 kill_policy{1 grace_period{1 nanoseconds}} */
  killTask: (frameworkId: string, taskId: string, graceNs: number): Uint8Array =>
    join(id(1, frameworkId), id(2, taskId), nested(3, nested(1, integer(1, graceNs)))),

  /** DrainSlaveMessage: 1 config{1 max_grace_period{1 nanoseconds}, 2 mark_gone} */
  drainSlave: (graceNs: number, markGone: boolean): Uint8Array =>
    nested(1, nested(1, integer(1, graceNs)), integer(2, markGone ? 1 : 0)),

  /**
   * CheckpointResourcesMessage with a dynamic reservation: 1 resources{1 name, 2 type=SCALAR(0), 3 scalar{1 value}, 13 reservations{1
   * principal, 3 role, 4 type=DYNAMIC(2)}}
   */
  checkpointResources: (cpus: number, role: string, principal: string): Uint8Array =>
    nested(
      1,
      text(1, "cpus"),
      integer(2, 0),
      nested(3, double(1, cpus)),
      nested(13, text(1, principal), text(3, role), integer(4, 2)),
    ),

  /**
   * SlaveReregisteredMessage with a question about one task: 1 slave_id, 2 reconciliations{1 framework_id, 2 statuses{1 task_id, 2
   * state=TASK_STAGING(6)}, 3 framework{1 user, 2 name, 3 id}}, 3 connection{1 total_ping_timeout_seconds}
   */
  slaveReregistered: (agentId: string, frameworkId: string, taskId: string): Uint8Array =>
    join(
      id(1, agentId),
      nested(
        2,
        id(1, frameworkId),
        nested(2, id(1, taskId), integer(2, 6)),
        nested(3, text(1, "root"), text(2, "f"), id(3, frameworkId)),
      ),
      nested(3, double(1, 75)),
    ),

  /** AuthenticationErrorMessage: 1 error. AuthenticationFailedMessage has no fields. */
  authenticationError: (error: string): Uint8Array => text(1, error),
} as const;

export interface ExecutorMessageIds {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(left)]);
}

/** Wire types: 0 varint, 1 eight bytes, 2 length and bytes. */
function integer(field: number, value: number): Uint8Array {
  return join(varint(field * 8), varint(value));
}

function double(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return join(varint(field * 8 + 1), bytes);
}

function nested(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = join(...parts);
  return join(varint(field * 8 + 2), varint(body.byteLength), body);
}

function text(field: number, value: string): Uint8Array {
  return nested(field, Buffer.from(value));
}

/** FrameworkID, TaskID, ...: 1 value */
function id(field: number, value: string): Uint8Array {
  return nested(field, text(1, value));
}
