import assert from "node:assert/strict";
import { assertGone, type Case, freshId, lists, rejectsWith, StatusLog } from "./case.ts";

export function launchCases(check: Case): void {
  check("a launched container is listed", async (world, id) => {
    assert.equal(await world.containerizer.launch(id, await world.running(id)), "launched");
    assert.equal(await lists(world, id), true);
  });

  check("a second launch of a live one answers already-launched and does nothing", async (world, id) => {
    const config = await world.running(id);
    assert.equal(await world.containerizer.launch(id, config), "launched");
    const second = new StatusLog();
    assert.equal(await world.containerizer.launch(id, config, second), "already-launched");
    assert.equal((await world.containerizer.containers()).length, 1);
    await world.containerizer.destroy(id);
    assert.deepEqual(second.states, []);
  });

  check("a second launch while the first is under way answers already-launched", async (world, id) => {
    const config = await world.running(id);
    const [first, second] = await Promise.all([
      world.containerizer.launch(id, config),
      world.containerizer.launch(id, config),
    ]);
    assert.deepEqual([first, second], ["launched", "already-launched"]);
  });

  check("what is not supported leaves nothing behind", async (world, id) => {
    const config = await world.notSupported(id);
    const launching = world.containerizer.launch(id, config);
    const waiting = world.containerizer.wait(id);
    assert.equal(await launching, "not-supported");
    assert.equal(await waiting, undefined);
    await assertGone(world, id);
  });

  check("a failed launch rejects, is reported to those who wait, and leaves nothing behind", async (world, id) => {
    const log = new StatusLog();
    const config = await world.failing(id);
    const launching = world.containerizer.launch(id, config, log);
    const waiting = world.containerizer.wait(id);
    await rejectsWith(launching, "launch-failed");
    assert.equal((await waiting)?.state, "TASK_FAILED");
    assert.equal(log.states.at(-1), "TASK_FAILED");
    await assertGone(world, id);
    assert.equal(await world.containerizer.destroy(id), undefined);
  });

  check("an id whose launch failed may be launched again", async (world, id) => {
    await rejectsWith(world.containerizer.launch(id, await world.failing(id)), "launch-failed");
    assert.equal(await world.containerizer.launch(id, await world.running(id)), "launched");
  });

  check("several at once are launched, each with its own life", async (world) => {
    const ids = [freshId(), freshId(), freshId()] as const;
    const launching = ids.map(async (id) => world.containerizer.launch(id, await world.running(id)));
    assert.deepEqual(await Promise.all(launching), ["launched", "launched", "launched"]);
    await world.containerizer.destroy(ids[1]);
    assert.deepEqual(await Promise.all(ids.map((id) => lists(world, id))), [true, false, true]);
  });

  check("statuses come in order: TASK_STARTING, TASK_RUNNING, one terminal", async (world, id) => {
    const log = new StatusLog();
    const launching = world.containerizer.launch(id, await world.exiting(id), log);
    const waiting = world.containerizer.wait(id);
    await launching;
    await waiting;
    assert.deepEqual(log.states, ["TASK_STARTING", "TASK_RUNNING", "TASK_FAILED"]);
  });
}
