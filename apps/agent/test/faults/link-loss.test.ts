import { findEngine } from "@berth/testkit";
import { describe, expect, test } from "vitest";
import { dockerTask, testImage } from "../e2e/agent-world.ts";
import { tasksOfAgent } from "./agent-state.ts";
import { EngineWatch, finisher } from "./engine-watch.ts";
import { linkedAgent } from "./linked-agent.ts";
import type { MasterProcess } from "./master-process.ts";
import { SteadyFramework } from "./steady-framework.ts";

const engine = await findEngine();

describe.skipIf(engine === undefined)("a link that is lost for longer than the master waits", () => {
  const socketPath = engine?.socketPath ?? "";

  test.each([
    ["swallow", ["toMaster", "toAgent"]],
    ["swallow", ["toMaster"]],
    ["swallow", ["toAgent"]],
    ["cut", ["toMaster", "toAgent"]],
    ["cut", ["toMaster"]],
    ["cut", ["toAgent"]],
    // What was connected stays dead, as behind a firewall that has forgotten it.
    ["forget", ["toMaster", "toAgent"]],
  ] as const)("%s %j: tasks and updates are back with it", async (how, links) => {
    const image = await testImage(socketPath);
    const watch = await EngineWatch.begin(socketPath);
    const linked = await linkedAgent(socketPath, { master: { agentPingTimeoutMs: 400, maxAgentPingTimeouts: 4 } });
    const { agentAddress, master } = linked;
    const capabilities = [{ type: "PARTITION_AWARE" }];
    const framework = await SteadyFramework.subscribe(() => master.address, { checkpoint: true, capabilities });
    const { frameworkId } = framework;
    for (const id of ["stays", "ends"]) await framework.launch(dockerTask(image, id, finisher));
    for (const id of ["stays", "ends"]) await framework.saw(id, "TASK_RUNNING");
    // At least: an update that a slow machine repeated is acknowledged twice.
    await expect.poll(() => acknowledgements(master)).toBeGreaterThanOrEqual(4);

    for (const link of links) linked[link][how === "cut" ? "cut" : "swallow"]();
    await watch.signal(frameworkId, "ends", "TERM");
    await framework.saw("stays", "TASK_UNREACHABLE");
    await expect.poll(() => watch.running(frameworkId)).toEqual(["stays"]);
    for (const link of links) linked[link][how === "forget" ? "forget" : "restore"]();
    const restoredAt = performance.now();

    await framework.saw("ends", "TASK_FINISHED");
    await framework.found((updates) => {
      const of = updates.filter(({ task_id }) => task_id.value === "stays");
      const lost = of.findLastIndex(({ state }) => state === "TASK_UNREACHABLE");
      return of.slice(lost + 1).some(({ state }) => state === "TASK_RUNNING") || undefined;
    });
    console.info(`${how} ${links.join()}: back after ${Math.round(performance.now() - restoredAt)} ms`);
    // The one that was acknowledged is over for the agent, too: it is not repeated.
    await expect.poll(() => tasksOfAgent(agentAddress)).toEqual(["stays"]);
    expect(framework.told("stays")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    expect(framework.told("ends")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    const known = (await master.get("/slaves")) as { slaves: { active: boolean }[] };
    expect(known.slaves.map(({ active }) => active)).toEqual([true]);

    // And it takes orders again.
    await framework.kill("stays");
    await framework.saw("stays", "TASK_KILLED");
    await framework.launch(dockerTask(image, "next", "exit 0"));
    await framework.saw("next", "TASK_FINISHED");
    await expect.poll(() => watch.running(frameworkId)).toEqual([]);
    expect([...watch.startsOf(frameworkId)].sort()).toEqual(["ends", "next", "stays"]);
  });
});

async function acknowledgements(master: MasterProcess): Promise<number> {
  const metrics = (await master.get("/metrics/snapshot")) as Record<string, number>;
  return metrics["master/valid_status_update_acknowledgements"] ?? 0;
}
