import assert from "node:assert/strict";
import { type Case, rejectsWith } from "./case.ts";

const resources = [
  { name: "cpus", type: "SCALAR", scalar: { value: 0.2 } },
  { name: "mem", type: "SCALAR", scalar: { value: 96 } },
] as const;

export function questionCases(check: Case): void {
  check("nobody knows an unknown id", async ({ containerizer }, id) => {
    assert.equal(await containerizer.wait(id), undefined);
    assert.equal(await containerizer.destroy(id), undefined);
    assert.equal(await containerizer.killTask(id), false);
    await rejectsWith(containerizer.update(id, resources), "unknown-container");
    await rejectsWith(containerizer.usage(id), "unknown-container");
    await rejectsWith(containerizer.status(id), "unknown-container");
    assert.deepEqual(await containerizer.containers(), []);
  });

  check("recovery of nothing is done at once and finds nothing", async ({ containerizer }) => {
    await containerizer.recover([]);
    assert.deepEqual(await containerizer.containers(), []);
  });

  check("usage and status of a running container", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    const usage = await world.containerizer.usage(id);
    assert.ok((usage.timestamp ?? 0) > 0, "usage without a time stamp");
    const status = await world.containerizer.status(id);
    assert.deepEqual(status.containerId, id);
  });

  check("usage in the tick of the launch says that nothing runs", async (world, id) => {
    const config = await world.running(id);
    const launching = world.containerizer.launch(id, config);
    const usage = rejectsWith(world.containerizer.usage(id), "not-running", "unknown-container");
    const status = world.containerizer.status(id);
    await Promise.all([usage, status, launching]);
  });

  check("update shows in the limits that usage tells", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    await world.containerizer.update(id, resources);
    const usage = await world.containerizer.usage(id);
    assert.equal(usage.memLimitBytes, 96n * 1024n * 1024n);
  });

  check("questions at the same time do not disturb each other", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    const asked = Array.from({ length: 8 }, () => [
      world.containerizer.usage(id),
      world.containerizer.status(id),
      world.containerizer.update(id, resources),
      world.containerizer.containers(),
    ]);
    await Promise.all(asked.flat());
  });

  check("after destroy a container is unknown", async (world, id) => {
    await world.containerizer.launch(id, await world.running(id));
    await world.containerizer.destroy(id);
    await rejectsWith(world.containerizer.usage(id), "unknown-container");
    await rejectsWith(world.containerizer.status(id), "unknown-container");
    await rejectsWith(world.containerizer.update(id, resources), "unknown-container");
  });
}
