import { findEngine } from "@berth/testkit";
import { expect, test } from "vitest";
import { dockerTask, testImage } from "../e2e/agent-world.ts";
import { tasksOfAgent } from "./agent-state.ts";
import { linkedAgent } from "./linked-agent.ts";
import { SteadyFramework } from "./steady-framework.ts";

const engine = await findEngine();

test.skipIf(engine === undefined)(
  "a lost acknowledgement: the update comes once more, the same, and is over",
  async () => {
    const socketPath = engine?.socketPath ?? "";
    const image = await testImage(socketPath);
    const { agentAddress, master, toAgent } = await linkedAgent(socketPath);
    const framework = await SteadyFramework.subscribe(() => master.address, { checkpoint: true });
    const lost = toAgent.loseNext("StatusUpdateAcknowledgementMessage");
    await framework.launch(dockerTask(image, "quick", "exit 0"));
    await lost;
    const lostAt = performance.now();
    // The next one waits behind it.
    expect(framework.of("quick").map(({ state }) => state)).toEqual(["TASK_STARTING"]);
    await framework.saw("quick", "TASK_FINISHED");
    const [first, again] = framework.of("quick");
    expect(again).toEqual(first);
    expect(performance.now() - lostAt).toBeGreaterThan(9000);
    expect(framework.told("quick")).toEqual(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
    expect(framework.of("quick")).toHaveLength(4);
    await expect.poll(() => tasksOfAgent(agentAddress)).toEqual([]);
  },
);
