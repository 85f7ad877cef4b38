import { mkdir, readdir, readlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import type { SlaveInfo } from "@berth/proto/internal";
import { parseResources } from "@berth/resources";
import { expect, test } from "vitest";
import { FolderGates } from "../src/checkpoint/folder-gates.ts";
import { createMetaStore } from "../src/checkpoint/meta-store.ts";
import { temporaryDirectory } from "./world.ts";

const agent: SlaveInfo = { hostname: "node1", id: { value: "S0" }, resources: [] };
const key = { agentId: "S0", frameworkId: "F", executorId: "t1", containerId: "c1", taskId: "t1" };
const framework = { id: { value: "F" }, user: "root", name: "tests", checkpoint: true };
const task = {
  name: "t1",
  taskId: { value: "t1" },
  frameworkId: { value: "F" },
  agentId: { value: "S0" },
  state: "TASK_STAGING",
  resources: [],
} as const;

test("an empty folder, or none, is an agent that never was", async () => {
  const directory = await temporaryDirectory();
  const nothing = { agentId: undefined, resources: [], drain: undefined, frameworks: [] };
  expect(await createMetaStore(directory).load()).toEqual(nothing);
  expect(await createMetaStore(path.join(directory, "meta")).load()).toEqual(nothing);
});

test("what is stored is found again", async () => {
  const directory = await temporaryDirectory();
  const store = createMetaStore(directory);
  await store.saveAgent(agent);
  await store.saveResources(parseResources("disk(web):5"));
  await store.saveDrain("S0", { markGone: true });
  await Promise.all([
    store.saveFramework("S0", framework, "scheduler@10.0.0.1:1"),
    store.saveTask(key, { ...task, resources: [] }),
  ]);
  expect(await createMetaStore(directory).load()).toMatchObject({
    agentId: "S0",
    resources: parseResources("disk(web):5"),
    drain: { markGone: true },
    frameworks: [
      {
        info: { id: { value: "F" }, checkpoint: true },
        pid: "scheduler@10.0.0.1:1",
        runs: [{ key, task: { name: "t1", state: "TASK_STAGING" }, directory: store.taskDirectory(key) }],
      },
    ],
  });
  expect(await readlink(path.join(directory, "slaves", "latest"))).toBe("S0");
  await store.saveDrain("S0", undefined);
  await store.saveDrain("S0", undefined);
  expect((await store.load()).drain).toBeUndefined();
  await store.saveAgent({ ...agent, id: { value: "S1" } });
  expect(await store.load()).toMatchObject({ agentId: "S1", frameworks: [] });
});

test("what is forgotten leaves no folder behind, and what is there beside it stays", async () => {
  const directory = await temporaryDirectory();
  const store = createMetaStore(directory);
  const again = { ...key, containerId: "c2" };
  await store.saveAgent(agent);
  await store.saveFramework("S0", framework, undefined);
  await store.saveTask(key, { ...task, resources: [] });
  await store.saveTask(again, { ...task, resources: [] });
  await store.forgetRun(key);
  expect((await store.load()).frameworks[0]?.runs.map(({ key: { containerId } }) => containerId)).toEqual(["c2"]);
  await store.forgetRun(again);
  expect(await readdir(path.join(directory, "slaves", "S0", "frameworks", "F", "executors"))).toEqual([]);
  // A new task of the framework that comes while it is being forgotten.
  await Promise.all([
    store.forgetFramework("S0", "F"),
    store.saveFramework("S0", framework, undefined),
    store.saveTask(again, { ...task, resources: [] }),
  ]);
  expect((await store.load()).frameworks[0]?.runs).toHaveLength(1);
  await store.forgetRun(again);
  await store.forgetFramework("S0", "F");
  expect(await readdir(path.join(directory, "slaves", "S0", "frameworks"))).toEqual([]);
});

test("what was not written to the end is not there", async () => {
  const directory = await temporaryDirectory();
  const store = createMetaStore(directory);
  await store.saveAgent(agent);
  await mkdir(path.join(directory, "slaves", "S0", "frameworks", "empty"), { recursive: true });
  await store.saveFramework("S0", framework, undefined);
  await mkdir(store.taskDirectory(key) ?? "", { recursive: true });
  await writeFile(path.join(directory, "slaves", "S0", ".slave.info-rest"), "x");
  expect(await store.load()).toMatchObject({ agentId: "S0", frameworks: [{ runs: [] }] });
});

test.each([
  ["a torn file", (file: string) => truncate(file, 7)],
  ["nonsense", (file: string) => writeFile(file, "nonsense and more of it")],
  ["a message without what it needs", (file: string) => writeFile(file, Buffer.from([2, 0, 0, 0, 0x40, 1]))],
])("%s is named, and nothing is guessed", async (_, spoil) => {
  const directory = await temporaryDirectory();
  const store = createMetaStore(directory);
  await store.saveAgent(agent);
  await spoil(path.join(directory, "slaves", "S0", "slave.info"));
  await expect(store.load()).rejects.toMatchObject({
    code: "unreadable-checkpoint",
    message: expect.stringContaining(path.join(directory, "slaves", "S0", "slave.info")),
  });
});

test("a folder that cannot be made is said", async () => {
  const directory = await temporaryDirectory();
  await writeFile(path.join(directory, "slaves"), "in the way");
  await expect(createMetaStore(directory).saveAgent(agent)).rejects.toMatchObject({ code: "ENOTDIR" });
});

test("writes go side by side, a removal waits for them and keeps later ones waiting", async () => {
  const gates = new FolderGates();
  const order: string[] = [];
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const step = (name: string, until?: Promise<void>) => async () => {
    await until;
    order.push(name);
  };
  const all = [
    gates.write("f", step("write 1", first.promise)),
    gates.write("f", step("write 2", second.promise)),
    gates.remove("f", step("remove")),
    gates.write("f", step("write 3")),
    gates.write("elsewhere", step("elsewhere")),
  ];
  second.resolve();
  await all[4];
  await all[1];
  expect(order.slice().sort()).toEqual(["elsewhere", "write 2"]);
  first.resolve();
  await Promise.all(all);
  expect(order.slice(-3)).toEqual(["write 1", "remove", "write 3"]);
});
