import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { silentLog } from "@berth/log";
import { encodeMessage } from "@berth/proto";
import { type StatusUpdate, StatusUpdateMessage } from "@berth/proto/internal/messages";
import { createStatusUpdates, type StatusUpdates } from "@berth/status-updates";
import { FakeClock } from "../fake-clock.ts";
import { heapBytes } from "../memory.ts";
import { type BenchResult, single } from "../result.ts";

const hourMs = 3_600_000;
const frameworkId = "bench-0000";

/** Streams that nobody acknowledges, on disk as those of a checkpointing framework, for an hour that passes at once. */
export async function streams(count = 1000): Promise<readonly BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "berth-bench-streams-"));
  const clock = new FakeClock();
  let forwards = 0;
  let bytes = 0;
  const updates = createStatusUpdates({
    forward(update) {
      forwards += 1;
      // As the agent does it: what goes to the master is encoded every time.
      bytes += encodeMessage(StatusUpdateMessage, { update, pid: "slave(1)@127.0.0.1:5051" }).length;
    },
    log: silentLog,
    timers: clock,
  });
  updates.resume();
  const before = heapBytes();
  let expected = 0;
  for (let index = 0; index < count; index += 1) {
    // A hundred a second: no two back-offs of a real agent are in step.
    clock.advance(10);
    await begin(updates, index, path.join(folder, String(index)));
    expected += forwardsWithin(hourMs - clock.nowMs);
  }
  const each = (heapBytes() - before) / count;
  const cpuBefore = process.cpuUsage();
  clock.advance(hourMs - clock.nowMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  const grown = (heapBytes() - before) / count - each;
  await end(updates, count);
  await updates.close();
  await rm(folder, { recursive: true });
  if (forwards !== expected) throw new Error(`${forwards} forwards in an hour, ${expected} by the schedule`);
  if (clock.running > 0) throw new Error(`${clock.running} timers run on after the last acknowledgement`);
  const what = `${count} streams unacknowledged for an hour`;
  return [
    single(`${what}: forwards (as the schedule has it: ${expected})`, "updates", forwards, 1, String(expected)),
    single(`${what}: CPU`, "ms", (user + system) / 1000, 1, "< 1000"),
    single(`${what}: memory of each`, "kB", each / 1000, 1, "< 10"),
    single(`${what}: memory of each that the hour adds`, "kB", grown / 1000, 1, "0"),
    single(`${what}: an update on the wire`, "bytes", bytes / forwards, 1, ""),
  ];
}

/** After 0, 10, 30, 70 ... seconds: the pause doubles from 10 s to 10 min. */
function forwardsWithin(timeMs: number): number {
  let count = 0;
  for (let atMs = 0, pauseMs = 10_000; atMs <= timeMs; pauseMs = Math.min(pauseMs * 2, 600_000)) {
    count += 1;
    atMs += pauseMs;
  }
  return count;
}

async function begin(updates: StatusUpdates, index: number, checkpointDirectory: string): Promise<void> {
  const outcome = await updates.update(statusUpdate(index), { checkpointDirectory });
  if (outcome !== "queued") throw new Error(`update ${index}: ${outcome}`);
}

/** The acknowledgements come after all, and each ends its stream. */
async function end(updates: StatusUpdates, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const outcome = await updates.acknowledge({ frameworkId, taskId: `task-${index}` }, uuidOf(index));
    if (outcome !== "closed") throw new Error(`acknowledgement ${index}: ${outcome}`);
  }
}

function statusUpdate(index: number): StatusUpdate {
  const slaveId = { value: "bench-S0" };
  const executorId = { value: `task-${index}` };
  const uuid = uuidOf(index);
  return {
    frameworkId: { value: frameworkId },
    executorId,
    slaveId,
    timestamp: 1_700_000_000 + index,
    uuid,
    status: {
      taskId: executorId,
      executorId,
      slaveId,
      uuid,
      state: "TASK_FINISHED",
      source: "SOURCE_EXECUTOR",
      timestamp: 1_700_000_000 + index,
      containerStatus: { containerId: { value: `c0ffee00-0000-4000-8000-${String(index).padStart(12, "0")}` } },
      message: "Container exited with status 0",
    },
  };
}

function uuidOf(index: number): Uint8Array {
  const uuid = Buffer.alloc(16);
  uuid.writeUInt32BE(index + 1, 0);
  return uuid;
}
