import assert from "node:assert/strict";
import { assertForgotten, assertGone, type Case, rejectsWith, StatusLog } from "./case.ts";

export function endingCases(check: Case): void {
  check("everybody who waits gets the termination, and then the container is forgotten", async (world, id) => {
    const config = await world.exiting(id);
    const launching = world.containerizer.launch(id, config);
    const waiting = [world.containerizer.wait(id), world.containerizer.wait(id)];
    assert.equal(await launching, "launched");
    const [first, second] = await Promise.all(waiting);
    assert.equal(first?.exitCode, 3);
    assert.deepEqual(second, first);
    await assertForgotten(world, id);
  });

  check("destroy ends a running container and leaves nothing behind", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    const waiting = world.containerizer.wait(id);
    const termination = await world.containerizer.destroy(id);
    assert.notEqual(termination, undefined);
    assert.deepEqual(await waiting, termination);
    await assertGone(world, id);
  });

  check("destroy is idempotent", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    const [first, second] = await Promise.all([world.containerizer.destroy(id), world.containerizer.destroy(id)]);
    assert.notEqual(first, undefined);
    // A destroy that needs no time may be over when the second comes.
    if (second !== undefined) assert.deepEqual(second, first);
    assert.equal(await world.containerizer.destroy(id), undefined);
  });

  check("destroy in the tick of the launch aborts it", async (world, id) => {
    const config = await world.running(id);
    const launching = world.containerizer.launch(id, config);
    const waiting = world.containerizer.wait(id);
    const destroying = world.containerizer.destroy(id);
    await rejectsWith(launching, "destroyed");
    assert.deepEqual(await waiting, await destroying);
    await assertGone(world, id);
  });

  check("destroy after TASK_STARTING leaves nothing behind, whichever comes first", async (world, id) => {
    const log = new StatusLog();
    const launching = world.containerizer.launch(id, await world.running(id), log);
    const outcome = launching.catch((error: unknown) => rejectsWith(Promise.reject(error as Error), "destroyed"));
    await log.reaches("TASK_STARTING");
    assert.notEqual(await world.containerizer.destroy(id), undefined);
    await outcome;
    await assertGone(world, id);
  });

  check("killTask ends a task and says TASK_KILLED", async (world, id) => {
    const log = new StatusLog();
    await world.containerizer.launch(id, await world.running(id), log);
    const waiting = world.containerizer.wait(id);
    assert.equal(await world.containerizer.killTask(id), true);
    assert.equal((await waiting)?.state, "TASK_KILLED");
    assert.equal(log.states.at(-1), "TASK_KILLED");
    assert.equal(await world.containerizer.killTask(id), false);
  });

  check("killTask with force ends a task that takes its time", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    const waiting = world.containerizer.wait(id);
    const patient = { killPolicy: { gracePeriod: { nanoseconds: 3_600_000_000_000n } } };
    assert.equal(await world.containerizer.killTask(id, patient), true);
    await world.containerizer.killTask(id, { force: true });
    assert.equal((await waiting)?.state, "TASK_KILLED");
  });

  check("killTask during the launch ends the task", async (world, id) => {
    const log = new StatusLog();
    const launching = world.containerizer.launch(id, await world.running(id), log);
    const waiting = world.containerizer.wait(id);
    const settled = launching.catch(() => undefined);
    assert.equal(await world.containerizer.killTask(id), true);
    assert.equal((await waiting)?.state, "TASK_KILLED");
    await settled;
    assert.equal(log.states.at(-1), "TASK_KILLED");
  });

  check("destroy while a kill takes its grace ends it at once", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    await world.containerizer.killTask(id, { killPolicy: { gracePeriod: { nanoseconds: 3_600_000_000_000n } } });
    await world.containerizer.destroy(id);
    await assertGone(world, id);
  });

  check("close lets go of a container without ending it", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    const before = await world.traces(id);
    await world.containerizer.close();
    assert.notDeepEqual(before, []);
    assert.deepEqual(await world.traces(id), before);
    assert.equal(await world.containerizer.destroy(id), undefined);
    assert.deepEqual(await world.containerizer.containers(), []);
    await rejectsWith(world.containerizer.launch(id, await world.running(id)), "closed");
  });
}
