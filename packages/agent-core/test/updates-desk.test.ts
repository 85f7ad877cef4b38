import { silentLog } from "@berth/log";
import type { StatusUpdate } from "@berth/proto/internal/messages";
import type { TaskState } from "@berth/proto/internal";
import { createStatusUpdates } from "@berth/status-updates";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { UpdatesDesk } from "../src/status/updates-desk.ts";
import { ManualTimers, temporaryDirectory } from "./world.ts";

let next = 0;

function update(state: TaskState): StatusUpdate {
  const uuid = Buffer.alloc(16);
  uuid.writeUInt32BE(++next);
  return {
    frameworkId: { value: "F" },
    slaveId: { value: "S0" },
    status: { taskId: { value: "t" }, state, slaveId: { value: "S0" }, source: "SOURCE_EXECUTOR", timestamp: 1, uuid },
    timestamp: 1,
    uuid,
    latestState: state,
  };
}

function makeDesk() {
  const sent: StatusUpdate[] = [];
  let unstored = 0;
  const timers = new ManualTimers();
  const desk = new UpdatesDesk({
    createStatusUpdates: () => createStatusUpdates({ forward: (each) => void sent.push(each), log: silentLog, timers }),
    log: silentLog,
    onUnstored: () => (unstored += 1),
  });
  desk.resume();
  const states = () => sent.map(({ status }) => status?.state);
  return { desk, sent, states, unstored: () => unstored, timers };
}

const key = { frameworkId: "F", taskId: "t" };

test("a disk that takes nothing keeps no update from the master, nor their order", async () => {
  const directory = path.join(await temporaryDirectory(), "task");
  await mkdir(directory);
  const { desk, sent, states, unstored } = makeDesk();
  await desk.deliver(update("TASK_STARTING"), directory);
  // From here on the file cannot be appended to: it has become a folder.
  const file = path.join(directory, "task.updates");
  await rm(file);
  await mkdir(file);
  await desk.deliver(update("TASK_RUNNING"), directory);
  await desk.deliver(update("TASK_FINISHED"), directory);
  expect(states()).toEqual(["TASK_STARTING"]);
  expect(unstored()).toBe(2);
  expect(desk.hasPending(key)).toBe(true);
  expect(await desk.acknowledge(key, sent[0]?.uuid ?? new Uint8Array())).toBe("advanced");
  expect(states()).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
  expect(desk.lastForwarded(key)?.status?.state).toBe("TASK_RUNNING");
  expect(await desk.acknowledge(key, sent[1]?.uuid ?? new Uint8Array())).toBe("advanced");
  expect(await desk.acknowledge(key, sent[2]?.uuid ?? new Uint8Array())).toBe("closed");
  expect(desk.hasPending(key)).toBe(false);
});

test("nor does one that takes nothing from the start", async () => {
  const directory = path.join(await temporaryDirectory(), "file", "below");
  await writeFile(path.dirname(directory), "");
  const { desk, sent, states } = makeDesk();
  await desk.deliver(update("TASK_STARTING"), directory);
  await desk.deliver(update("TASK_FAILED"), directory);
  expect(states()).toEqual(["TASK_STARTING"]);
  await desk.acknowledge(key, sent[0]?.uuid ?? new Uint8Array());
  expect(await desk.acknowledge(key, sent[1]?.uuid ?? new Uint8Array())).toBe("closed");
});

test("a framework that is dropped hears nothing of what was held back", async () => {
  const directory = await temporaryDirectory();
  const { desk, sent, states, timers } = makeDesk();
  await desk.deliver(update("TASK_STARTING"), directory);
  await rm(path.join(directory, "task.updates"));
  await mkdir(path.join(directory, "task.updates"));
  await desk.deliver(update("TASK_RUNNING"), directory);
  desk.dropFramework("F");
  await desk.acknowledge(key, sent[0]?.uuid ?? new Uint8Array());
  timers.advance(3_600_000);
  expect(states()).toEqual(["TASK_STARTING"]);
  expect(desk.hasPending(key)).toBe(false);
});

test("an update that no master would take ends nothing", async () => {
  const { desk, states } = makeDesk();
  await desk.deliver({ ...update("TASK_RUNNING"), uuid: undefined }, undefined);
  await desk.deliver(update("TASK_RUNNING"), undefined);
  expect(states()).toEqual(["TASK_RUNNING"]);
});
