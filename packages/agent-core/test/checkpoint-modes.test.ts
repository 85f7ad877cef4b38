import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { createMetaStore } from "../src/checkpoint/meta-store.ts";
import { temporaryDirectory } from "./world.ts";

test("nobody but the agent may look into what it stores", async () => {
  const directory = path.join(await temporaryDirectory(), "meta");
  const store = createMetaStore(directory);
  const key = { agentId: "S0", frameworkId: "F", executorId: "t1", containerId: "c1", taskId: "t1" };
  await store.saveAgent({ hostname: "node1", id: { value: "S0" }, resources: [] });
  await store.saveTask(key, {
    name: "t1",
    taskId: { value: "t1" },
    frameworkId: { value: "F" },
    agentId: { value: "S0" },
    state: "TASK_STAGING",
    resources: [],
  });
  const names = ["", ...(await readdir(directory, { recursive: true }))].filter((name) => !name.endsWith("latest"));
  const open = await Promise.all(names.map(async (name) => (await stat(path.join(directory, name))).mode & 0o077));
  expect(names.length).toBeGreaterThan(8);
  expect(open).toEqual(names.map(() => 0));
});
