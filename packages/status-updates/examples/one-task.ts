import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { silentLog } from "@berth/log";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import { createStatusUpdates } from "@berth/status-updates";

const updates = createStatusUpdates({
  forward: ({ status, latestState }) => console.log(`to the master: ${status?.state}, newest ${latestState}`),
  log: silentLog,
  timers: { set: setTimeout, clear: clearTimeout },
});
const checkpointDirectory = await mkdtemp(path.join(tmpdir(), "task-"));
const running = makeUpdate("TASK_RUNNING", 1);
const finished = makeUpdate("TASK_FINISHED", 2);

await updates.update(running, { checkpointDirectory }); // queued: on disk, the executor may be told
await updates.update(finished, { checkpointDirectory });
updates.resume(); // registered: TASK_RUNNING goes out, newest TASK_FINISHED
const key = { frameworkId: "f", taskId: "t" };
console.log(await updates.acknowledge(key, running.uuid!)); // advanced: TASK_FINISHED goes out
console.log(await updates.acknowledge(key, finished.uuid!)); // closed

function makeUpdate(state: "TASK_RUNNING" | "TASK_FINISHED", n: number): StatusUpdate {
  const uuid = new Uint8Array(16).fill(n);
  const taskId = { value: "t" };
  const slaveId = { value: "s" };
  const status = { taskId, slaveId, state, source: "SOURCE_EXECUTOR", timestamp: n, uuid } as const;
  return { frameworkId: { value: "f" }, slaveId, status, timestamp: n, uuid };
}
