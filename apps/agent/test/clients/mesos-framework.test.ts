import { findEngine, hasZooKeeper, startZooKeeper } from "@berth/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { agentWorld, testImage } from "../e2e/agent-world.ts";
import { MesosFramework } from "./mesos-framework.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("the npm package mesos-framework, unmodified", () => {
  async function world() {
    const socketPath = engine?.socketPath ?? "";
    const made = await agentWorld(socketPath);
    return { made, image: await testImage(socketPath), agent: await made.alone() };
  }

  test("runs Docker tasks to their end", async () => {
    const { made, image, agent } = await world();
    const framework = await MesosFramework.start(made.folder, {
      name: "to-the-end",
      master: agent.master,
      image,
      command: 'test "$GREETING" = hello && test -n "$PORT0"',
      instances: 3,
      restartStates: [],
    });
    await expect.poll(() => framework.in("TASK_FINISHED").length).toBe(3);
    const perTask = Map.groupBy(framework.updates, ({ taskId }) => taskId);
    for (const updates of perTask.values()) {
      expect(updates.map(({ state }) => state)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    }
    expect(framework.errors).toEqual([]);
    framework.send({ teardown: true });
    await expect.poll(() => framework.events).toContain("torn-down");
  });

  test("scales up, kills, and starts again what failed", async () => {
    const { made, image, agent } = await world();
    const framework = await MesosFramework.start(made.folder, {
      name: "scaling",
      master: agent.master,
      image,
      command: "sleep 1000",
      instances: 1,
      restartStates: ["TASK_FAILED"],
    });
    await expect.poll(() => framework.in("TASK_RUNNING").length).toBe(1);
    framework.send({ scale: 2 });
    await expect.poll(() => framework.in("TASK_RUNNING").length).toBe(3);
    expect((await made.containers()).length).toBe(3);

    const [victim] = framework.in("TASK_RUNNING");
    framework.send({ kill: victim });
    await expect.poll(() => framework.in("TASK_KILLED").map(({ taskId }) => taskId)).toEqual([victim?.taskId]);

    // Its process dies by itself: TASK_FAILED, which this framework starts again under a new id.
    const running = (await made.containers()).filter(({ State }) => State === "running");
    await made.killContainer(running[0]?.Id ?? "");
    await expect.poll(() => framework.in("TASK_FAILED").length).toBe(1);
    // The package revives only when it scales.
    framework.send({ scale: 0 });
    await expect.poll(() => framework.in("TASK_RUNNING").length).toBe(2);
    framework.send({ teardown: true });
    await expect.poll(async () => (await made.containers()).filter(({ State }) => State === "running")).toEqual([]);
  });

  test.skipIf(!hasZooKeeper())("finds its tasks again after a crash of its own", async () => {
    const { made, image, agent } = await world();
    const zooKeeper = await startZooKeeper();
    onTestFinished(() => zooKeeper.stop());
    const config = {
      name: "comes-back",
      master: agent.master,
      image,
      command: "sleep 1000",
      instances: 2,
      restartStates: [],
      zooKeeper: zooKeeper.address,
    };
    const first = await MesosFramework.start(made.folder, config);
    await expect.poll(() => first.in("TASK_RUNNING").length).toBe(2);
    const tasks = first.in("TASK_RUNNING").map(({ taskId }) => taskId);
    await first.crash();

    const second = await MesosFramework.start(made.folder, config);
    await expect.poll(() => second.frameworkId).toBe(first.frameworkId);
    // It reconciles what it had written down.
    await expect
      .poll(() =>
        second
          .in("TASK_RUNNING")
          .map(({ taskId }) => taskId)
          .sort(),
      )
      .toEqual(tasks.sort());
    expect((await made.containers()).filter(({ State }) => State === "running").length).toBe(2);
    second.send({ kill: second.in("TASK_RUNNING")[0] });
    await expect.poll(() => second.in("TASK_KILLED").length).toBe(1);
    second.send({ teardown: true });
    await expect.poll(async () => (await made.containers()).filter(({ State }) => State === "running")).toEqual([]);
  });
});
