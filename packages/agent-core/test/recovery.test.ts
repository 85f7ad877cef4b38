import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { AgentCoreError } from "@berth/agent-core";
import { CheckpointResourcesMessage, DrainSlaveMessage } from "@berth/proto/internal/messages";
import { parseResources } from "@berth/resources";
import { expect, test } from "vitest";
import { agentId, frameworkId, startWorld, temporaryDirectory, type World, type WorldOptions } from "./world.ts";

const checkpointing = { framework: { checkpoint: true } };

/** Lives on one work folder, one after the other. */
async function lives() {
  const workDirectory = await temporaryDirectory();
  const metaDirectory = path.join(workDirectory, "meta");
  const ended: string[] = [];
  return {
    metaDirectory,
    ended,
    start: (more: WorldOptions = {}): Promise<World> =>
      startWorld({
        workDirectory,
        ...more,
        options: { metaDirectory, ...more.options },
        deps: { endLeftovers: async (id) => void ended.push(id), ...more.deps },
      }),
  };
}

test("the id outlasts the agent", async () => {
  const { start, ended } = await lives();
  const first = await start();
  await first.core.close();
  const second = await start({ raw: true });
  expect(second.core.agentId()).toBeUndefined();
  await second.core.recover();
  expect(second.core.agentId()).toBe(agentId);
  expect(second.core.reregistration().slave?.id).toEqual({ value: agentId });
  expect(ended).toEqual([agentId]);
});

test("what was not acknowledged is told by the next life, under its uuid, and listed when it registers", async () => {
  const { start, metaDirectory } = await lives();
  const first = await start();
  first.containerizer.onLaunch = (container) => container.end("TASK_FINISHED");
  first.run("t1", checkpointing);
  await expect.poll(() => first.states("t1")).toEqual(["TASK_FINISHED"]);
  const told = first.lastUpdate("t1");
  await first.core.close();

  const second = await start({ raw: true });
  await second.core.recover();
  expect(second.core.reregistration()).toMatchObject({
    tasks: [{ taskId: { value: "t1" }, state: "TASK_FINISHED", statuses: [{ state: "TASK_FINISHED" }] }],
    frameworks: [{ id: { value: frameworkId }, checkpoint: true }],
  });
  expect(second.sent).toEqual([]);
  second.core.onConnected(true);
  expect(second.lastUpdate("t1")).toEqual(told);
  second.acknowledge(told);
  await expect.poll(() => second.core.reregistration().tasks).toEqual([]);
  await second.core.close();
  expect(await readdir(path.join(metaDirectory, "slaves", agentId, "frameworks"))).toEqual([]);

  const third = await start({ raw: true });
  await third.core.recover();
  expect(third.core.reregistration().tasks).toEqual([]);
});

test.each([
  ["PARTITION_AWARE", "TASK_GONE"],
  ["MULTI_ROLE", "TASK_LOST"],
] as const)("a task that ran is told gone to a framework with %s, behind what was told before", async (type, state) => {
  const { start } = await lives();
  const first = await start();
  first.containerizer.onLaunch = (container) => container.run();
  first.run("t1", { framework: { checkpoint: true, capabilities: [{ type }] } });
  await expect.poll(() => first.states("t1")).toEqual(["TASK_STARTING"]);
  await expect.poll(() => first.core.metrics()["slave/tasks_running"]).toBe(1);
  await first.core.close();

  const second = await start({ acknowledges: true });
  await expect.poll(() => second.states("t1")).toEqual(["TASK_STARTING", "TASK_RUNNING", state]);
  expect(second.lastUpdate("t1").update?.status).toMatchObject({
    source: "SOURCE_SLAVE",
    reason: "REASON_SLAVE_RESTARTED",
    message: "The agent was restarted; the task's container was ended",
  });
  await expect.poll(() => second.core.snapshot().frameworks).toEqual([]);
});

test("a task that had acknowledged all, and one that had said nothing, are gone, too", async () => {
  const { start } = await lives();
  const first = await start({ acknowledges: true });
  first.containerizer.onLaunch = (container) => {
    if (container.config.executorId === "running") container.run();
  };
  first.run("running", checkpointing);
  first.run("silent", checkpointing);
  await expect.poll(() => first.states("running")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
  await expect.poll(() => first.containerizer.all).toHaveLength(2);
  await first.core.close();
  const second = await start({ acknowledges: true });
  await expect.poll(() => second.states("running")).toEqual(["TASK_GONE"]);
  await expect.poll(() => second.states("silent")).toEqual(["TASK_GONE"]);
});

test("nothing is told gone before its container is", async () => {
  const { start } = await lives();
  const first = await start();
  first.containerizer.onLaunch = (container) => container.run();
  first.run("t1", checkpointing);
  await expect.poll(() => first.states("t1")).toEqual(["TASK_STARTING"]);
  await first.core.close();

  const engineDown = new Error("the engine does not answer");
  const failing = await start({ raw: true, deps: { endLeftovers: () => Promise.reject(engineDown) } });
  const error = await failing.core.recover().catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(AgentCoreError);
  expect(error).toMatchObject({ code: "leftovers-unproven", cause: engineDown });
  expect(failing.core.agentId()).toBeUndefined();
  expect(failing.core.metrics()["slave/recovery_errors"]).toBe(1);
  await failing.core.close();

  const nobody = await start({ raw: true, deps: { endLeftovers: undefined } });
  await expect(nobody.core.recover()).rejects.toMatchObject({ code: "leftovers-unproven" });
  await nobody.core.close();

  const last = await start();
  await expect.poll(() => last.states("t1")).toEqual(["TASK_STARTING"]);
  expect(last.core.reregistration().tasks).toMatchObject([{ state: "TASK_GONE" }]);
});

test("a framework that does not checkpoint leaves nothing", async () => {
  const { start, metaDirectory } = await lives();
  const first = await start();
  first.containerizer.onLaunch = (container) => container.run();
  first.run("t1");
  await expect.poll(() => first.states("t1")).toEqual(["TASK_STARTING"]);
  await first.core.close();
  expect(existsSync(path.join(metaDirectory, "slaves", agentId, "frameworks"))).toBe(false);
  const second = await start();
  expect(second.core.reregistration().tasks).toEqual([]);
});

test("reservations outlast the agent; one with less than they were made of does not start", async () => {
  const { start } = await lives();
  const first = await start();
  const reservations = [{ type: "DYNAMIC", role: "web" } as const];
  first.tell(CheckpointResourcesMessage, {
    resources: [{ name: "cpus", type: "SCALAR", scalar: { value: 12 }, reservations }],
  });
  await expect.poll(() => first.core.registration().checkpointedResources).toHaveLength(1);
  await first.core.close();
  const second = await start({ raw: true });
  await second.core.recover();
  expect(second.core.registration().checkpointedResources).toHaveLength(1);
  await second.core.close();
  const third = await start({ raw: true, options: { resources: parseResources("cpus:8;mem:8192") } });
  await expect(third.core.recover()).rejects.toMatchObject({ code: "incompatible-resources" });
});

test("a drain outlasts the agent, and ends when what was told is acknowledged", async () => {
  const { start, metaDirectory } = await lives();
  const first = await start();
  first.containerizer.onLaunch = (container) => container.run();
  first.run("t1", checkpointing);
  await expect.poll(() => first.states("t1")).toEqual(["TASK_STARTING"]);
  first.tell(DrainSlaveMessage, { config: { markGone: true } });
  const file = path.join(metaDirectory, "slaves", agentId, "drain.config");
  await expect.poll(() => existsSync(file)).toBe(true);
  await first.core.close();
  const second = await start({ raw: true });
  await second.core.recover();
  expect(second.core.snapshot().drainConfig).toMatchObject({ markGone: true });
  second.run("t2");
  second.core.onConnected(true);
  await expect.poll(() => second.states("t2")).toEqual(["TASK_DROPPED"]);
  second.shutDownFramework();
  await expect.poll(() => existsSync(file)).toBe(false);
});

test("an agent that cannot store its id does not register", async () => {
  const { start, metaDirectory } = await lives();
  await writeFile(metaDirectory, "in the way");
  const world = await start({ raw: true, options: { metaDirectory: path.join(metaDirectory, "below") } });
  await expect(world.core.onRegistered(agentId)).rejects.toMatchObject({ code: "unstored" });
  expect(world.core.agentId()).toBeUndefined();
});

test("a task that cannot be stored fails, and says so", async () => {
  const { start, metaDirectory } = await lives();
  const world = await start();
  await writeFile(path.join(metaDirectory, "slaves", agentId, "frameworks"), "in the way");
  world.run("t1", checkpointing);
  await expect.poll(() => world.states("t1")).toEqual(["TASK_FAILED"]);
  expect(world.lastUpdate("t1").update?.status?.message).toMatch(/cannot store the task.+ENOTDIR/);
  expect(world.containerizer.all).toEqual([]);
  world.acknowledge(world.lastUpdate("t1"));
  await expect.poll(() => world.core.snapshot().frameworks).toEqual([]);
});
