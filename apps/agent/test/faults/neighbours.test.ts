import { findEngine } from "@berth/testkit";
import { expect, test } from "vitest";
import { agentWorld, dockerTask, testImage } from "../e2e/agent-world.ts";
import { EngineWatch, finisher } from "./engine-watch.ts";
import { MasterProcess } from "./master-process.ts";
import { ownAddress } from "./own-address.ts";
import { SteadyFramework } from "./steady-framework.ts";

const engine = await findEngine();

test.skipIf(engine === undefined)("two agents with one engine and one master end only their own", async () => {
  const socketPath = engine?.socketPath ?? "";
  const image = await testImage(socketPath);
  const watch = await EngineWatch.begin(socketPath);
  const master = await MasterProcess.start();
  const worlds = { left: await agentWorld(socketPath), right: await agentWorld(socketPath) };
  // A master takes an agent back at the host that it came from.
  const hosts = { left: ownAddress(), right: ownAddress() };
  const start = (side: "left" | "right") =>
    worlds[side].agent([`--master=${master.address}`, `--ip=${hosts[side]}`, `--hostname=${side}`]);
  const [left, right] = [await start("left"), await start("right")];
  const framework = await SteadyFramework.subscribe(() => master.address, { checkpoint: true });
  const { frameworkId } = framework;
  // The same framework on both, task by task.
  const tasks = ["left-1", "right-1", "left-2", "right-2"];
  for (const id of tasks) await framework.launch(dockerTask(image, id, finisher), id.split("-")[0]);
  for (const id of tasks) await framework.saw(id, "TASK_RUNNING");
  const idOf = async (taskId: string) => (await framework.saw(taskId, "TASK_RUNNING")).agent_id?.value;
  expect(await idOf("left-1")).not.toBe(await idOf("right-1"));
  expect(await idOf("left-1")).toBe(await idOf("left-2"));

  await framework.kill("left-1");
  await framework.saw("left-1", "TASK_KILLED");
  await expect.poll(() => watch.running(frameworkId)).toEqual(["left-2", "right-1", "right-2"]);

  // The master goes and comes: both are back with what is theirs.
  await master.kill();
  await master.start();
  await framework.subscribed(2);
  await expect.poll(() => activeAgents(master)).toBe(2);
  await expect.poll(() => watch.running(frameworkId)).toEqual(["left-2", "right-1", "right-2"]);

  // One dies and comes back in a new life: it ends its own leftovers and tells of them; the other one's run on.
  right.child.kill("SIGKILL");
  await right.ended;
  expect(await watch.running(frameworkId)).toEqual(["left-2", "right-1", "right-2"]);
  const again = await start("right");
  await again.shows("state=RUNNING");
  for (const id of ["right-1", "right-2"]) {
    await framework.found(() => framework.of(id).find(({ state }) => /FAILED|LOST|GONE|DROPPED|KILLED/.test(state)));
  }
  await expect.poll(() => watch.running(frameworkId)).toEqual(["left-2"]);
  expect(framework.told("left-2")).toEqual(["TASK_STARTING", "TASK_RUNNING"]);

  await framework.launch(dockerTask(image, "right-3", finisher), "right");
  await framework.saw("right-3", "TASK_RUNNING");

  // One goes for good and takes its tasks with it; the other one does not notice.
  again.child.kill("SIGUSR1");
  await again.ended;
  expect(await watch.running(frameworkId)).toEqual(["left-2"]);
  await expect.poll(() => activeAgents(master)).toBe(1);
  expect(left.child.exitCode).toBeNull();
  await framework.kill("left-2");
  await framework.saw("left-2", "TASK_KILLED");
  expect([...watch.startsOf(frameworkId)].sort()).toEqual(["left-1", "left-2", "right-1", "right-2", "right-3"]);
});

async function activeAgents(master: MasterProcess): Promise<number> {
  const { slaves } = (await master.get("/slaves")) as { slaves: { active: boolean }[] };
  return slaves.filter(({ active }) => active).length;
}
