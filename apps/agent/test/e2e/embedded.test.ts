import { readdir } from "node:fs/promises";
import { silentLog } from "@berth/log";
import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { startEmbedded } from "../../src/index.ts";
import { agentWorld, dockerTask, testImage } from "./agent-world.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("startEmbedded", () => {
  const socketPath = engine?.socketPath ?? "";

  async function embedded() {
    const world = await agentWorld(socketPath);
    const system = await startEmbedded({
      workDirectory: world.workDirectory,
      endpoint: { kind: "unix", socketPath },
      resources: [{ name: "cpus", type: "SCALAR", scalar: { value: 7 } }],
      env: { PATH: process.env["PATH"] },
      now: Date.now,
      log: silentLog,
      switchUser: false,
    });
    const { host, port } = system.masterAddress;
    return { world, system, master: `${host}:${port}` };
  }

  test("runs a task and leaves sandboxes and nothing else", async () => {
    const image = await testImage(socketPath);
    const { world, system, master } = await embedded();
    await system.checkEngine();
    const scheduler = await world.framework(master);
    const offer = await scheduler.offer();
    expect(offer.resources).toContainEqual(expect.objectContaining({ name: "cpus", scalar: { value: 7 } }));
    await scheduler.launch(offer, dockerTask(image, "once", "true"));
    await scheduler.status("once", "TASK_FINISHED");
    await system.close();
    expect(await world.containers()).toEqual([]);
    expect((await readdir(world.workDirectory)).filter((name) => name !== "fetch")).toEqual(["slaves"]);
  });

  test("close ends what still runs, and leaves no container", async () => {
    const image = await testImage(socketPath);
    const { world, system, master } = await embedded();
    const scheduler = await world.framework(master);
    await scheduler.launch(await scheduler.offer(), dockerTask(image, "sleeper", "exec sleep 600"));
    await scheduler.status("sleeper", "TASK_RUNNING");
    expect(await world.containers()).toHaveLength(1);
    await system.close();
    expect(await world.containers()).toEqual([]);
  });

  test("an engine that is not there is told by checkEngine", async () => {
    const world = await agentWorld("/nowhere/docker.sock");
    const system = await startEmbedded({
      workDirectory: world.workDirectory,
      endpoint: { kind: "unix", socketPath: "/nowhere/docker.sock" },
      env: {},
      now: Date.now,
      log: silentLog,
      switchUser: false,
    });
    await expect(system.checkEngine()).rejects.toMatchObject({ code: "unreachable" });
    await system.close();
  });
});
