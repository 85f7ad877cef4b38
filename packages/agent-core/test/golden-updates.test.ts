import { decodeMessage, encodeMessage } from "@berth/proto";
import { ExitedExecutorMessage, RunTaskMessage, StatusUpdateMessage } from "@berth/proto/internal/messages";
import { recordedMessages } from "@berth/testkit";
import { expect, test } from "vitest";
import { replay } from "./replay.ts";
import { startWorld } from "./world.ts";

const theirContainer = "00000000-0000-0000-0000-000000000000";

/** Container ids are chosen by the agent; with the same one, the bytes are the same. */
function withContainer(message: StatusUpdateMessage): string {
  const { update } = message;
  const containerStatus = { ...update?.status?.containerStatus, containerId: { value: theirContainer } };
  const renamed = { ...message, update: { ...update, status: { ...update?.status, containerStatus } } };
  return Buffer.from(encodeMessage(StatusUpdateMessage, renamed)).toString("hex");
}

test.each(["s1", "s2", "s3", "s5", "s6"] as const)(
  "%s: what we send on is byte for byte what the recorded agent sent on, but for the container's id",
  async (scenario) => {
    const { world, theirs } = await replay(scenario);
    expect(theirs.length).toBeGreaterThan(1);
    const uuids = new Set<string>();
    const ours = world.sentOf(StatusUpdateMessage).filter(({ update }) => {
      const uuid = Buffer.from(update?.uuid ?? []).toString("hex");
      return !uuids.has(uuid) && uuids.add(uuid);
    });
    const byUuid = new Map(ours.map((each) => [Buffer.from(each.update?.uuid ?? []).toString("hex"), each]));
    for (const message of theirs) {
      const mine = byUuid.get(Buffer.from(message.update?.uuid ?? []).toString("hex"));
      expect(mine && withContainer(mine)).toBe(withContainer(message));
    }
  },
);

test("s2: the recorded kill reaches the container", async () => {
  const { world } = await replay("s2");
  // The kill, and the one of the shutdown of its framework.
  expect(world.containerizer.of("kill-0").kills[0]).toBeUndefined();
  expect(world.containerizer.of("kill-0").kills).toHaveLength(2);
});

test("s7: the scheduler's PID is known, and what it sent runs with the defaults of proto2", async () => {
  const { world } = await replay("s7", { until: StatusUpdateMessage.$type });
  const [framework] = world.core.snapshot().frameworks;
  expect(framework?.pid).toMatch(/^scheduler-.+@127\.0\.0\.1:34069$/);
  expect(framework?.executors).toHaveLength(5);
  expect(world.containerizer.of("0").config).toMatchObject({
    commandInfo: { value: "echo hello" },
    containerInfo: { type: "DOCKER", docker: { image: "busybox:local" } },
    taskKillingState: false,
  });
});

test("s7: all five tasks are told to the end, and the shutdown clears the update that nobody acknowledged", async () => {
  const { world } = await replay("s7");
  for (const taskId of ["0", "1", "2", "3", "4"]) {
    expect(new Set(world.states(taskId))).toEqual(new Set(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]));
    world.containerizer.of(taskId).end(undefined);
  }
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
  expect(world.timers.size).toBe(0);
});

test("s4: the task group of the recording is refused, each task by its name, and the executor is given back", async () => {
  const world = await startWorld({ acknowledges: true });
  const [recorded] = recordedMessages("s4", "RunTaskGroupMessage");
  const [registered] = recordedMessages("s4", "SlaveRegisteredMessage");
  expect(registered).toBeDefined();
  const agentId = /[0-9a-f-]{36}-S0/.exec(Buffer.from(registered?.body ?? []).toString("latin1"))?.[0] ?? "";
  await world.core.onRegistered(agentId);
  world.tellBytes("mesos.internal.RunTaskGroupMessage", recorded?.body ?? new Uint8Array());
  await expect.poll(() => world.sentOf(StatusUpdateMessage).length).toBeGreaterThan(0);
  for (const { update } of world.sentOf(StatusUpdateMessage)) {
    expect(update?.status).toMatchObject({
      state: "TASK_FAILED",
      source: "SOURCE_SLAVE",
      reason: "REASON_CONTAINER_LAUNCH_FAILED",
    });
    expect(update?.status?.message).toContain("default-executor");
  }
  // The recorded one, sent when the executor had ended, has the same fields.
  const [theirs] = recordedMessages("s4", "ExitedExecutorMessage");
  const read = decodeMessage(ExitedExecutorMessage, theirs?.body ?? new Uint8Array());
  const [ours] = world.sentOf(ExitedExecutorMessage);
  expect(read.ok && Object.keys(read.value)).toEqual(Object.keys(ours ?? {}));
  expect(ours).toMatchObject({ executorId: { value: "default-executor" }, status: -1 });
});

test("s1 to s7: every RunTaskMessage that was recorded is understood", async () => {
  for (const scenario of ["s1", "s2", "s3", "s4", "s5", "s6", "s7"] as const) {
    for (const { body, firstLine } of recordedMessages(scenario, "RunTaskMessage")) {
      if (!firstLine.includes("slave(1)")) continue;
      const world = await startWorld();
      const read = decodeMessage(RunTaskMessage, body);
      if (!read.ok) throw new Error("unreadable");
      const { task } = read.value;
      await world.core.onRegistered(task?.slaveId?.value ?? "");
      world.tellBytes("mesos.internal.RunTaskMessage", body);
      await expect.poll(() => world.containerizer.all.length).toBe(1);
      expect(world.containerizer.all[0]?.config.executorId).toBe(task?.taskId?.value);
    }
  }
});
