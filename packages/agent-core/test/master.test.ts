import {
  CheckpointResourcesMessage,
  type SlaveReregisteredMessage,
  StatusUpdateMessage,
  UpdateFrameworkMessage,
} from "@berth/proto/internal/messages";
import type { Resource } from "@berth/proto/internal";
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { agentId, frameworkId, frameworkInfo, startWorld } from "./world.ts";

const reserved: Resource = {
  name: "disk",
  type: "SCALAR",
  scalar: { value: 100 },
  reservations: [{ type: "DYNAMIC", role: "eng/web" }],
};
const volume: Resource = {
  ...reserved,
  disk: { persistence: { id: "v1" }, volume: { containerPath: "data", mode: "RW" } },
};

test("updates wait while there is no master, and all heads go when there is one", async () => {
  const world = await startWorld();
  world.core.onConnected(false);
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  world.run("t2");
  await expect.poll(() => world.core.metrics()["slave/tasks_running"]).toBe(2);
  expect(world.sent).toEqual([]);
  expect(world.core.metrics()["slave/registered"]).toBe(0);
  world.core.onConnected(true);
  await expect.poll(() => [...world.states("t1"), ...world.states("t2")]).toEqual(["TASK_STARTING", "TASK_STARTING"]);
  expect(world.lastUpdate("t1").update?.latestState).toBe("TASK_RUNNING");
});

test("a framework that comes back hears again what it has not acknowledged, under its new PID", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING"]);
  world.tell(UpdateFrameworkMessage, {
    frameworkId: { value: frameworkId },
    pid: "scheduler-1@10.0.0.9:1234",
    frameworkInfo: frameworkInfo({ name: "renamed" }),
  });
  expect(world.states("t1")).toEqual(["TASK_STARTING", "TASK_STARTING"]);
  expect(world.core.snapshot().frameworks[0]).toMatchObject({
    pid: "scheduler-1@10.0.0.9:1234",
    info: { name: "renamed" },
  });
  world.tell(UpdateFrameworkMessage, { frameworkId: { value: "unknown" }, pid: "" });
  expect(world.core.snapshot().frameworks).toHaveLength(1);
});

test.each([
  ["PARTITION_AWARE", "TASK_DROPPED"],
  ["MULTI_ROLE", "TASK_LOST"],
] as const)("a task that only the master knows is told lost to a framework with %s", async (capability, state) => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.run("known");
  await expect.poll(() => world.states("known")).toEqual(["TASK_STARTING"]);
  const statuses = ["known", "unknown"].map((value) => ({ taskId: { value }, state: "TASK_RUNNING" as const }));
  const message: SlaveReregisteredMessage = {
    slaveId: { value: agentId },
    reconciliations: [
      { frameworkId: { value: frameworkId }, statuses },
      {
        frameworkId: { value: "elsewhere" },
        framework: { user: "", name: "", capabilities: [{ type: capability }] },
        statuses: [{ taskId: { value: "foreign" }, state: "TASK_RUNNING" }],
      },
    ],
  };
  await world.core.onReregistered(message);
  await world.core.onReregistered(message);
  await expect.poll(() => world.states("foreign")).toEqual([state]);
  await expect.poll(() => world.states("unknown")).toEqual(["TASK_DROPPED"]);
  expect(world.states("known")).toEqual(["TASK_STARTING"]);
  expect(world.lastUpdate("foreign").update).toMatchObject({
    frameworkId: { value: "elsewhere" },
    status: { reason: "REASON_RECONCILIATION", source: "SOURCE_SLAVE" },
  });
});

test("reservations and volumes count from the message on, their folders come and go", async () => {
  const world = await startWorld();
  const folder = path.join(world.workDirectory, "volumes", "roles", "eng web", "v1");
  world.tell(CheckpointResourcesMessage, { resources: [volume] });
  // Right behind it on the connection.
  world.run("t1", { task: { resources: [{ ...volume, allocationInfo: { role: "eng/web" } }] } });
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  expect(existsSync(folder)).toBe(true);
  expect(world.core.registration().checkpointedResources).toMatchObject([
    { name: "disk", role: "eng/web", reservation: {}, disk: { persistence: { id: "v1" } } },
  ]);
  expect(world.core.snapshot().totalResources.find(({ disk }) => disk !== undefined)?.scalar?.value).toBe(100);
  world.tell(CheckpointResourcesMessage, { resources: [reserved] });
  await expect.poll(() => existsSync(folder)).toBe(false);
  world.tell(CheckpointResourcesMessage, { resources: [] });
  await expect.poll(() => world.core.registration().checkpointedResources).toEqual([]);
  expect(world.core.snapshot().totalResources).toHaveLength(4);
});

test("resources that the agent never had are not taken", async () => {
  const world = await startWorld();
  world.tell(CheckpointResourcesMessage, { resources: [{ ...reserved, scalar: { value: 1_000_000 } }] });
  world.run("t1");
  await expect.poll(() => world.containerizer.all).toHaveLength(1);
  expect(world.core.registration().checkpointedResources).toEqual([]);
});

test("another id makes another agent: what ran before ends without a word", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.run();
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_STARTING"]);
  await world.core.onRegistered("another-S1");
  expect(world.core.reregistration()).toMatchObject({ slave: { id: { value: "another-S1" } }, tasks: [] });
  expect(world.containerizer.of("t1").kills).toHaveLength(1);
  // The same framework may start afresh while that goes on.
  world.run("t2", { task: { slaveId: { value: "another-S1" } } });
  await expect.poll(() => world.states("t2")).toEqual(["TASK_STARTING"]);
  world.containerizer.of("t1").end("TASK_KILLED");
  expect(world.core.snapshot().frameworks[0]?.executors).toHaveLength(1);
  expect(world.states("t1")).toEqual(["TASK_STARTING"]);
});

test("an id that is no folder's name is refused", async () => {
  const world = await startWorld();
  await expect(world.core.onRegistered("../x")).rejects.toMatchObject({ code: "invalid-agent-id" });
  expect(world.core.agentId()).toBe(agentId);
});

test("acknowledgements for another agent and of another uuid change nothing", async () => {
  const world = await startWorld();
  world.containerizer.onLaunch = (container) => container.end("TASK_FINISHED");
  world.run("t1");
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FINISHED"]);
  const { update } = world.lastUpdate("t1");
  world.acknowledge({ update: { ...update, slaveId: { value: "another" } } });
  world.acknowledge({ update: { ...update, uuid: new Uint8Array(16) } });
  world.acknowledge({ update: { ...update, status: { ...update?.status, taskId: { value: "t2" } } } });
  await new Promise((resolve) => setImmediate(resolve));
  expect(world.core.reregistration().tasks).toHaveLength(1);
  expect(world.sentOf(StatusUpdateMessage)).toHaveLength(1);
});
