import { silentLog, type Log } from "@berth/log";
import {
  KillTaskMessage,
  RunTaskMessage,
  ShutdownExecutorMessage,
  ShutdownFrameworkMessage,
} from "@berth/proto/internal/messages";
import { assert, constantFrom, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { frameworkInfo, startWorld } from "./world.ts";

const names = [
  "RunTaskMessage",
  "RunTaskGroupMessage",
  "KillTaskMessage",
  "StatusUpdateAcknowledgementMessage",
  "ShutdownFrameworkMessage",
  "ShutdownExecutorMessage",
  "UpdateFrameworkMessage",
  "FrameworkToExecutorMessage",
  "CheckpointResourcesMessage",
  "DrainSlaveMessage",
  "ApplyOperationMessage",
  "ReconcileOperationsMessage",
  "AcknowledgeOperationStatusMessage",
  "RegisterExecutorMessage",
  "ReregisterExecutorMessage",
  "StatusUpdateMessage",
  "ExecutorToFrameworkMessage",
  "NoSuchMessage",
].map((name) => `mesos.internal.${name}`);

function recordingLog(): { log: Log; lines: { message: string; fields: unknown }[] } {
  const lines: { message: string; fields: unknown }[] = [];
  const add = (message: string, fields?: unknown) => void lines.push({ message, fields });
  const log: Log = { ...silentLog, warn: add, error: add, child: () => log };
  return { log, lines };
}

test.each(names)("%s with garbage: logged once, counted, and the agent goes on", async (name) => {
  const { log, lines } = recordingLog();
  const world = await startWorld({ deps: { log } });
  const garbage = [Buffer.from("garbage"), Buffer.alloc(1000, 0xff), Buffer.from([0x0a, 0xff, 0xff, 0x03])];
  for (const body of garbage) world.tellBytes(name, body);
  expect(lines).toHaveLength(1);
  expect(world.core.metrics()["berth/messages_dropped"]).toBe(3);
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
});

test("no bytes whatsoever break it", async () => {
  const world = await startWorld();
  assert(
    property(constantFrom(...names), uint8Array({ maxLength: 200 }), (name, body) => {
      world.tellBytes(name, body);
    }),
    { numRuns: 2000 },
  );
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
});

test("names that nobody knows fill neither log nor memory", async () => {
  const { log, lines } = recordingLog();
  const world = await startWorld({ deps: { log } });
  for (let index = 0; index < 1000; index++) world.tellBytes(`x${index}`, Buffer.alloc(0));
  expect(lines.length).toBeLessThanOrEqual(100);
});

test("a task without an id of its framework is dropped", async () => {
  const world = await startWorld();
  world.run("t1", { framework: { id: undefined } });
  expect(world.core.metrics()["berth/messages_dropped"]).toBe(1);
  expect(world.core.snapshot().frameworks).toEqual([]);
});

test.each(["a/b", "..", "\0", "x".repeat(10_000)])("an id like %j is refused for tasks and frameworks", async (id) => {
  const world = await startWorld({ acknowledges: true });
  world.run(id);
  await expect.poll(() => world.states(id)).toEqual(["TASK_DROPPED"]);
  world.run("t1", { framework: frameworkInfo({ id: { value: id } }) });
  await expect.poll(() => world.states("t1")).toEqual(["TASK_DROPPED"]);
  world.tell(KillTaskMessage, { frameworkId: { value: id }, taskId: { value: id } });
  world.tell(ShutdownFrameworkMessage, { frameworkId: { value: id } });
  world.tell(ShutdownExecutorMessage, { frameworkId: { value: id }, executorId: { value: id } });
  world.tell(ShutdownExecutorMessage, {});
  expect(world.containerizer.all).toEqual([]);
});

test("unknown enum values are unset, and what is left decides", async () => {
  const world = await startWorld();
  const bytes = RunTaskMessage.encode({
    framework: frameworkInfo(),
    task: { name: "t1", taskId: { value: "t1" }, slaveId: { value: world.core.agentId() } },
    launchExecutor: true,
  }).finish();
  world.tellBytes(RunTaskMessage.$type, Buffer.concat([bytes, Buffer.from([0xf8, 0x7f, 0x01])]));
  await expect.poll(() => world.states("t1")).toEqual(["TASK_DROPPED"]);
});
