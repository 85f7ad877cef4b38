import { setTimeout as delay } from "node:timers/promises";
import { findEngine } from "@berth/testkit";
import { expect, test } from "vitest";
import { dockerTask, testImage } from "../e2e/agent-world.ts";
import { tasksOfAgent } from "./agent-state.ts";
import { EngineWatch, finisher } from "./engine-watch.ts";
import { linkedAgent } from "./linked-agent.ts";
import { SteadyFramework } from "./steady-framework.ts";

const engine = await findEngine();
const silenceMs = 100_000;

test.skipIf(engine === undefined)(
  "100 s of silence, with the times that masters have: nothing is lost",
  async () => {
    const socketPath = engine?.socketPath ?? "";
    const image = await testImage(socketPath);
    const watch = await EngineWatch.begin(socketPath);
    const { agent, agentAddress, master, toMaster, toAgent } = await linkedAgent(socketPath, {
      args: ["--registration_backoff_factor=1secs"],
    });
    const capabilities = [{ type: "PARTITION_AWARE" }];
    const framework = await SteadyFramework.subscribe(() => master.address, { capabilities });
    const { frameworkId } = framework;
    const all = ["ends-1", "ends-2", "stays-1", "stays-2"] as const;
    for (const id of all) await framework.launch(dockerTask(image, id, finisher));
    for (const id of all) await framework.saw(id, "TASK_RUNNING");
    const { agent_id } = await framework.saw("stays-1", "TASK_RUNNING");

    toMaster.swallow();
    toAgent.swallow();
    // Nothing can be awaited here: that nothing comes for so long is the case itself.
    const silence = delay(silenceMs);
    await watch.signal(frameworkId, "ends-1", "TERM");
    const beganAt = performance.now();
    for (const id of all) await framework.saw(id, "TASK_UNREACHABLE");
    const noticedMs = Math.round(performance.now() - beganAt);
    expect(noticedMs).toBeGreaterThan(60_000);
    await watch.signal(frameworkId, "ends-2", "TERM");
    await silence;
    expect(agent.log()).toContain("why=ping-timeout");
    expect(await watch.running(frameworkId)).toEqual(["stays-1", "stays-2"]);

    toMaster.restore();
    toAgent.restore();
    const restoredAt = performance.now();
    for (const id of ["ends-1", "ends-2"]) {
      await framework.saw(id, "TASK_FINISHED");
      expect(framework.told(id)).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    }
    for (const id of ["stays-1", "stays-2"]) {
      await framework.found(() => framework.of(id).at(-1)?.state === "TASK_RUNNING" || undefined);
      expect(framework.told(id)).toEqual(["TASK_STARTING", "TASK_RUNNING"]);
    }
    console.info(`unreachable after ${noticedMs} ms, back after ${Math.round(performance.now() - restoredAt)} ms`);
    const known = (await master.get("/slaves")) as { slaves: { id: string; active: boolean }[] };
    expect(known.slaves).toMatchObject([{ id: agent_id?.value, active: true }]);
    await expect.poll(() => tasksOfAgent(agentAddress)).toEqual(["stays-1", "stays-2"]);
    expect([...watch.startsOf(frameworkId)].sort()).toEqual(all);
  },
  400_000,
);
