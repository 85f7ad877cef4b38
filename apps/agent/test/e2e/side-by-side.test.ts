import { findEngine } from "@berth/testkit";
import { expect, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "./agent-world.ts";

const engine = await findEngine();

test.skipIf(engine === undefined)(
  "two agents on one machine with one engine serve one master",
  async () => {
    const socketPath = engine?.socketPath ?? "";
    const image = await testImage(socketPath);
    const world = await agentWorld(socketPath);
    const first = await world.alone(["--hostname=first"]);
    const other = await agentWorld(socketPath);
    const second = await other.agent([`--master=${first.master}`, "--ip=127.0.0.1", "--hostname=second"]);
    expect(second.master).toBe(first.master);
    const scheduler = await world.framework(first.master);
    for (const name of ["first", "second"]) {
      await scheduler.launch(
        await scheduler.offer(({ hostname }) => hostname === name),
        dockerTask(image, name, "exec sleep 600"),
      );
      await scheduler.status(name, "TASK_RUNNING");
    }
    expect(await world.containers()).toHaveLength(1);
    expect(await other.containers()).toHaveLength(1);
    // The second comes back in a new life: it ends its own container, and none of the first's.
    second.child.kill("SIGKILL");
    await second.ended;
    const again = await other.agent([`--master=${first.master}`, "--ip=127.0.0.1", "--hostname=second"]);
    await again.shows("ending containers of an earlier life");
    await expect.poll(() => other.containers()).toEqual([]);
    expect(await world.containers()).toHaveLength(1);
  },
  240_000,
);
