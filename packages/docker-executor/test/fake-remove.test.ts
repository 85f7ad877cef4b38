import { createEngineClient } from "@berth/engine-client";
import { engineRequest, startFakeEngine } from "@berth/testkit";
import { expect, it } from "vitest";
import { createRemovals } from "../src/engine/removals.ts";
import { createFakeBench } from "./fake-bench.ts";
import { taskInfo } from "./task-fixtures.ts";

const removeCall = "DELETE /containers/*";

it.each([
  ["says that a removal is in progress", 409, "removal of container x is already in progress"],
  ["fails", 500, "driver failed to remove root filesystem: device or resource busy"],
])("tries again when the engine %s", async (_what, status, message) => {
  await using bench = await createFakeBench();
  const trouble = bench.engine.fault({ on: removeCall, nth: "every", action: { kind: "answer", status, message } });
  const task = await bench.start(taskInfo());
  expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  await bench.engine.seen(removeCall, 2);
  trouble.remove();
  await task.run.destroy();
  expect(bench.engine.containers).toHaveLength(0);
});

it("waits for the proof that a container which is not to run is gone", async () => {
  await using bench = await createFakeBench({
    behaviour: { startFault: { status: 400, message: "no such file or directory" } },
  });
  const trouble = bench.engine.fault({
    on: removeCall,
    nth: "every",
    action: { kind: "answer", status: 500, message: "busy" },
  });
  const task = await bench.start(taskInfo());
  await bench.engine.seen(removeCall, 2);
  expect(task.states()).toEqual(["TASK_STARTING"]);
  trouble.remove();
  expect((await task.run.terminated).status.state).toBe("TASK_FAILED");
  expect(bench.engine.containers).toHaveLength(0);
});

it("removes the oldest first when too many wait, and at close what is left if told so", async () => {
  await using engine = await startFakeEngine({ images: { "a:1": {} } });
  if (engine.endpoint.kind !== "unix") throw new Error("the fake engine listens on a socket");
  const client = createEngineClient({ endpoint: engine.endpoint });
  const ids: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const answer = await engineRequest(engine.endpoint.socketPath, "POST", `/containers/create?name=${name}`, {
      Image: "a:1",
    });
    ids.push((JSON.parse(answer.text) as { Id: string }).Id);
  }
  const removals = createRemovals(client.containers, { removeDelayMs: 3_600_000, maxStopped: 2 });
  for (const id of ids) removals.later(id);
  await engine.seen(removeCall);
  await expect.poll(() => engine.containers.map(({ name }) => name)).toEqual(["two", "three"]);
  await removals.close({ removeNow: false });
  expect(engine.containers).toHaveLength(2);
  const others = createRemovals(client.containers, { removeDelayMs: 3_600_000, maxStopped: 2 });
  for (const id of ids) others.later(id);
  await others.close({ removeNow: true });
  expect(engine.containers).toHaveLength(0);
  await client.close();
});
