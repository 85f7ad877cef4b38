import type { TaskState } from "@berth/proto/internal";
import type { StatusUpdate } from "@berth/proto/internal/messages";

export const key = { frameworkId: "f", taskId: "t" };

/** Sixteen bytes that end in `n`. */
export function uuid(n: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, n);
  return bytes;
}

/** An update of task `t` of framework `f` with everything that a master wants. */
export function makeUpdate(
  n: number,
  state: TaskState,
  of: { frameworkId: string; taskId: string } = key,
): StatusUpdate {
  return {
    frameworkId: { value: of.frameworkId },
    slaveId: { value: "s" },
    status: {
      taskId: { value: of.taskId },
      state,
      source: "SOURCE_EXECUTOR",
      slaveId: { value: "s" },
      timestamp: n,
      uuid: uuid(n),
    },
    timestamp: n,
    uuid: uuid(n),
  };
}

/** Which update this is. */
export function numberOf(update: StatusUpdate | undefined): number | undefined {
  return update?.timestamp;
}
