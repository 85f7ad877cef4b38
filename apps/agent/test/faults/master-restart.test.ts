import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "../e2e/agent-world.ts";
import { tasksOfAgent } from "./agent-state.ts";
import { EngineWatch, finisher } from "./engine-watch.ts";
import { MasterProcess } from "./master-process.ts";
import { ownAddress } from "./own-address.ts";
import { SteadyFramework } from "./steady-framework.ts";

const engine = await findEngine();
const steady = ["steady-1", "steady-2", "steady-3", "steady-4"] as const;

describe.skipIf(engine === undefined)("a master that is killed and started again", () => {
  const socketPath = engine?.socketPath ?? "";

  test.each([true, false])("loses no task and no update (checkpoint: %s)", async (checkpoint) => {
    const image = await testImage(socketPath);
    const watch = await EngineWatch.begin(socketPath);
    const master = await MasterProcess.start();
    const world = await agentWorld(socketPath);
    // The delay between attempts as operators have it: what is measured here is what they get.
    const agent = world.start([
      `--work_dir=${world.workDirectory}`,
      `--master=${master.address}`,
      `--ip=${ownAddress()}`,
      "--port=0",
      "--hostname=restart",
    ]);
    const [, address = ""] = /agent slave\(1\)@([\d.:]+)/.exec(await agent.shows(/agent slave\(1\)@[\d.:]+/)) ?? [];
    const framework = await SteadyFramework.subscribe(() => master.address, { checkpoint });
    const { frameworkId } = framework;
    for (const id of [...steady, "ends"]) await framework.launch(dockerTask(image, id, finisher));
    for (const id of [...steady, "ends"]) await framework.saw(id, "TASK_RUNNING");

    await framework.launch(dockerTask(image, "late", finisher));
    await expect.poll(() => tasksOfAgent(address), { interval: 5 }).toContain("late");
    await master.kill();
    await watch.signal(frameworkId, "ends", "TERM");
    await expect.poll(() => watch.running(frameworkId)).toEqual(["late", ...steady]);
    expect(framework.told("ends")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);

    const registrations = agent.log().split("state=RUNNING").length - 1;
    await master.start();
    const startedAt = performance.now();
    await agent.shows(new RegExp(`(?:state=RUNNING[^]*){${registrations + 1}}`));
    console.info(`checkpoint ${checkpoint}: back ${Math.round(performance.now() - startedAt)} ms after the master`);
    await framework.saw("ends", "TASK_FINISHED");
    await framework.saw("late", "TASK_RUNNING");
    for (const id of [...steady, "late"]) expect(framework.told(id)).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    expect(framework.told("ends")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);

    const before = framework.updates.length;
    await framework.reconcile();
    const answers = await framework.found((updates) => {
      const fresh = updates.slice(before).filter(({ uuid }) => uuid === undefined);
      return fresh.length >= 5 ? fresh : undefined;
    });
    const told = answers.map(({ task_id, state }) => `${task_id.value} ${state}`);
    expect(told.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      (await watch.running(frameworkId)).map((id) => `${id} TASK_RUNNING`),
    );
    await expect.poll(() => tasksOfAgent(address)).toEqual(["late", ...steady]);

    for (const id of [...steady, "late"]) await framework.kill(id);
    for (const id of [...steady, "late"]) await framework.saw(id, "TASK_KILLED");
    await expect.poll(() => watch.running(frameworkId)).toEqual([]);
    await expect.poll(() => tasksOfAgent(address)).toEqual([]);
    expect([...watch.startsOf(frameworkId)].sort()).toEqual(["ends", "late", ...steady]);
    expect(framework.updates.filter(({ state }) => /LOST|GONE|DROPPED|UNREACHABLE|FAILED/.test(state))).toEqual([]);
  });
});
